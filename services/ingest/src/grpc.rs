//! OTLP over gRPC, unary, on raw bytes.
//!
//! By hand and not through a generated server, because two things must not happen: a request must not become structs,
//! and a compressed one must not be inflated past the bound before anybody looks.

mod frame;
mod respond;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, DefaultBodyLimit, Request},
    response::Response,
    routing::post,
};
use http::HeaderMap;
use naru_signal::Signal;

use crate::{
    answer::{Accepted, Refusal},
    app::App,
    normalize::decompress::Encoding,
    receive::{Knock, receive, told, welcome},
};

const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const METRICS: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
const LOGS: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";

pub(crate) fn router(app: &Arc<App>) -> Router {
    let route = |signal: Signal| {
        let app = Arc::clone(app);
        post(move |request| export(Arc::clone(&app), signal, request))
    };
    Router::new()
        .route(TRACES, route(Signal::Traces))
        .route(METRICS, route(Signal::Metrics))
        .route(LOGS, route(Signal::Logs))
        .fallback(|| async { respond::unimplemented() })
        .layer(DefaultBodyLimit::disable())
}

async fn export(app: Arc<App>, signal: Signal, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = parts.headers.get("x-forwarded-for");
    let forwarded = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    let peer = forwarded.or(connection).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let knock = Knock { signal, protocol: "grpc", peer };
    let outcome = handle(&app, &knock, &parts.headers, body).await;
    let code = outcome.as_ref().map_or_else(Refusal::code, |_| "ok");
    metrics::counter!("ingest_requests_total", "protocol" => "grpc", "outcome" => code).increment(1);
    match outcome {
        Ok(accepted) => respond::accepted(&accepted.rejections),
        Err(refusal) => respond::refused(&refusal),
    }
}

async fn handle(
    app: &Arc<App>,
    knock: &Knock,
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<Accepted, Refusal> {
    let welcome = welcome(app, knock, headers).await?;
    let told = |refusal| told(app, &welcome, refusal);
    let encoding = Encoding::parse(headers.get("grpc-encoding").map(|value| value.to_str().unwrap_or("?")))
        .map_err(told)?;
    let mut memory = app.memory.reserve()?;
    let request = frame::read(body, encoding, &mut memory).await.map_err(told)?;
    receive(app, knock, &welcome, request, memory).await
}
