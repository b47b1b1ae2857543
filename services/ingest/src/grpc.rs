//! OTLP over gRPC, unary, on raw bytes.
//!
//! By hand and not through a generated server, because two things must not happen: a request must not become structs,
//! and a compressed one must not be inflated past the bound before anybody looks.

mod frame;
mod respond;

pub use frame::unframed;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Request},
    response::Response,
    routing::post,
};
use http::HeaderMap;
use naru_http::ClientAddress;
use naru_signal::Signal;

use crate::{
    answer::{Accepted, Refusal},
    app::App,
    normalize::decompress::Encoding,
    receive::{Knock, discard, may_come, receive, told, welcome},
};

const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const METRICS: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
const LOGS: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

pub(crate) fn router(app: &Arc<App>) -> Router {
    let route = |signal: Signal| {
        let app = Arc::clone(app);
        post(move |peer, request| export(Arc::clone(&app), signal, peer, request))
    };
    Router::new()
        .route(TRACES, route(Signal::Traces))
        .route(METRICS, route(Signal::Metrics))
        .route(LOGS, route(Signal::Logs))
        .method_not_allowed_fallback(unimplemented)
        .fallback(unimplemented)
        .layer(DefaultBodyLimit::disable())
}

async fn export(app: Arc<App>, signal: Signal, peer: ClientAddress, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    let knock = Knock { signal, protocol: "grpc", peer: peer.0 };
    let outcome = handle(&app, &knock, &parts.headers, &mut body).await;
    let code = outcome.as_ref().map_or_else(Refusal::code, |_| "ok");
    metrics::counter!("ingest_requests_total", "protocol" => "grpc", "outcome" => code).increment(1);
    match outcome {
        Ok(accepted) => respond::accepted(&accepted.rejections),
        Err(refusal) => {
            discard(&parts.headers, &refusal, body);
            respond::refused(&refusal)
        }
    }
}

async fn handle(
    app: &Arc<App>,
    knock: &Knock,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<Accepted, Refusal> {
    let welcome = welcome(app, knock, headers).await?;
    let told = |refusal| told(app, &welcome, refusal);
    let encoding = Encoding::parse(headers.get("grpc-encoding").map(|value| value.to_str().unwrap_or("?")))
        .map_err(told)?;
    may_come(app, welcome.claims.tenant)?;
    let mut memory = app.memory.reserve(welcome.claims.tenant);
    let message = frame::read(body, encoding, &mut memory).await.map_err(told)?;
    receive(app, knock, &welcome, message, |_, plain, _| Ok(plain), memory).await
}

/// Another method or call: whatever it brought may be as long as a good one.
async fn unimplemented(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let refusal = Refusal::UnsupportedType(respond::ONLY_EXPORT.to_owned());
    discard(&parts.headers, &refusal, body);
    respond::unimplemented()
}
