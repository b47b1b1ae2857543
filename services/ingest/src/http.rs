//! OTLP over HTTP: `/v1/traces`, `/v1/metrics`, `/v1/logs`, protobuf or JSON.

mod answer;
mod export;
mod misdirected;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, routing::post};
use naru_signal::Signal;

use crate::app::App;

pub(crate) fn router(app: &Arc<App>) -> Router {
    let route = |signal: Signal| {
        let app = Arc::clone(app);
        post(move |peer, request| export::export(Arc::clone(&app), signal, peer, request))
    };
    let (stray, mistaken) = (Arc::clone(app), Arc::clone(app));
    Router::new()
        .route("/v1/traces", route(Signal::Traces))
        .route("/v1/metrics", route(Signal::Metrics))
        .route("/v1/logs", route(Signal::Logs))
        .method_not_allowed_fallback(move |peer, request| {
            misdirected::wrong_method(Arc::clone(&mistaken), peer, request)
        })
        .fallback(move |peer, request| misdirected::wrong_path(Arc::clone(&stray), peer, request))
        // Bodies are bounded where they are read, by their own rules.
        .layer(DefaultBodyLimit::disable())
}
