//! The admin listener: `/healthz`, `/readyz`, `/metrics`, and `/routes` for tests. On loopback or an admin port, never public.

use axum::{Router, extract::State, http::StatusCode, routing};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::Health;

/// Serves until `stop`. Starts before the service is built, so that "not ready yet" can be told from "not there".
pub(crate) async fn serve(
    listener: TcpListener,
    health: Health,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let router = Router::new()
        .route("/healthz", routing::get(|| async { "alive\n" }))
        .route("/readyz", routing::get(ready))
        .route("/metrics", routing::get(|| async { naru_telemetry::metrics_text() }))
        .route(
            "/routes",
            routing::get(|State(health): State<Health>| async move { axum::Json(health.routes()) }),
        )
        .with_state(health);
    naru_http::serve(listener, router, stop).await
}

async fn ready(State(health): State<Health>) -> (StatusCode, axum::Json<serde_json::Value>) {
    let report = health.report();
    let ready = report["ready"] == true;
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, axum::Json(report))
}
