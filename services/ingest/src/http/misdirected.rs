//! Requests that came to the wrong door: named, so that nobody has to guess.

use std::sync::Arc;

use axum::{extract::Request, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use naru_http::ClientAddress;
use naru_signal::Signal;

use super::answer::Wire;
use crate::{
    answer::Refusal,
    app::App,
    receive::{Knock, discard, welcome},
};

/// Set by our edge on HTTP/1 requests to the gRPC port; it overwrites what clients send.
const EDGE_PORT: &str = "x-naru-edge-port";

pub(super) fn came_to_grpc_port(headers: &HeaderMap) -> bool {
    headers.contains_key(EDGE_PORT)
}

pub(super) fn http1_on_grpc_port() -> Refusal {
    Refusal::Malformed {
        code: "http1_on_grpc_port",
        detail:
            "this port speaks gRPC; send OTLP over HTTP to port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc"
                .to_owned(),
    }
}

/// Any other path. With a good key the project is told, too.
pub(super) async fn wrong_path(app: Arc<App>, peer: ClientAddress, request: Request) -> Response {
    let path: String = request.uri().path().chars().take(100).collect();
    let detail = format!(
        "nothing is at {} {path}; OTLP goes to POST /v1/traces, /v1/metrics and /v1/logs",
        request.method()
    );
    refuse(&app, peer, request, Refusal::Malformed { code: "wrong_path", detail }).await
}

/// The right path, asked for with GET or the like.
pub(super) async fn wrong_method(app: Arc<App>, peer: ClientAddress, request: Request) -> Response {
    let detail = format!("{} is not for this path; OTLP is sent with POST", request.method());
    refuse(&app, peer, request, Refusal::Malformed { code: "wrong_method", detail }).await
}

async fn refuse(app: &App, peer: ClientAddress, request: Request, refusal: Refusal) -> Response {
    let (parts, body) = request.into_parts();
    let wire = Wire::of(&parts.headers);
    let refusal = if came_to_grpc_port(&parts.headers) { http1_on_grpc_port() } else { refusal };
    let knock = Knock { signal: Signal::Traces, protocol: wire.name(), peer: peer.0 };
    if let Ok(welcome) = welcome(app, &knock, &parts.headers).await {
        app.onboarding.refused(welcome.claims.tenant, welcome.claims.project, &refusal, &welcome.sender);
    }
    let mut response = wire.refused(&refusal);
    match refusal.code() {
        "wrong_path" => *response.status_mut() = StatusCode::NOT_FOUND,
        "wrong_method" => {
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        _ => {}
    }
    discard(&parts.headers, &refusal, body);
    response
}
