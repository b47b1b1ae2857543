//! Requests that came to the wrong door: named, so that nobody has to guess.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request},
    response::Response,
};
use http::{HeaderMap, StatusCode, header};
use naru_signal::Signal;

use super::{answer::Wire, export::peer_of};
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
pub(super) async fn misdirected(app: Arc<App>, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let wire = Wire::of(&parts.headers);
    let refusal = if came_to_grpc_port(&parts.headers) {
        http1_on_grpc_port()
    } else {
        let path: String = parts.uri.path().chars().take(100).collect();
        Refusal::Malformed {
            code: "wrong_path",
            detail: format!(
                "nothing is at {} {path}; OTLP goes to POST /v1/traces, /v1/metrics and /v1/logs",
                parts.method
            ),
        }
    };
    let knock = Knock { signal: Signal::Traces, protocol: wire.name(), peer: peer_of(&parts.headers, peer) };
    if let Ok(welcome) = welcome(&app, &knock, &parts.headers).await {
        app.onboarding.refused(welcome.claims.tenant, welcome.claims.project, &refusal, &welcome.sender);
    }
    discard(&mut body).await;
    let mut response = wire.refused(&refusal);
    if refusal.code() == "wrong_path" {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response.headers_mut().remove(header::WWW_AUTHENTICATE);
    response
}
