//! The HTTP edge of tenants' hosts: one file per resource. Every route is registered together with its OpenAPI
//! description, so that no route can run undescribed.

mod answer;
mod applications;
mod attributes;
mod caller;
mod dashboard;
mod heatmap;
mod instances;
mod live;
mod logs;
mod me;
mod metrics;
mod series;
mod service_map;
mod sql;
mod state;
mod streams;
mod traces;
mod transactions;
mod turns;
mod users;

use std::path::PathBuf;

use axum::{Router, middleware, routing::get};
use naru_http::Problem;
use utoipa::{OpenApi, openapi::OpenApi as Document};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use state::App;
pub(crate) use streams::{Full, STREAMS_PER_TENANT_MAX};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Naru APM",
        version = "1",
        description = "Telemetry of one company, on its own host. Browsers use the session cookie, programs \
                       `Authorization: Bearer nat_…`. Times in questions are RFC 3339 or unix ms, at most 31 days \
                       apart; answers hold unix ms and durations in ms. Every error is application/problem+json with a \
                       `code`. `incomplete` names partitions whose newest rows are missing from an answer."
    ),
    security(("session" = []), ("token" = []))
)]
struct Description;

fn described() -> OpenApiRouter<App> {
    let v1 = OpenApiRouter::new()
        .routes(routes!(me::get))
        .routes(routes!(applications::list))
        .routes(routes!(heatmap::get))
        .routes(routes!(transactions::list))
        .routes(routes!(traces::get))
        .routes(routes!(series::get))
        .routes(routes!(dashboard::get))
        .routes(routes!(users::get))
        .routes(routes!(instances::list))
        .routes(routes!(service_map::get))
        .routes(routes!(live::stream))
        .routes(routes!(metrics::list))
        .routes(routes!(metrics::series))
        .routes(routes!(logs::search))
        .routes(routes!(sql::answer));
    OpenApiRouter::with_openapi(Description::openapi()).nest("/api/v1", v1)
}

/// The OpenAPI document of `/api/openapi.json`.
#[must_use]
pub fn openapi(session_cookie: &str) -> Document {
    naru_http::describe(described().into_openapi(), session_cookie)
}

/// The paths of the router that really runs, for tests that compare them with the document.
#[must_use]
pub fn paths() -> Vec<String> {
    let (router, document) = described().split_for_parts();
    naru_http::running_paths(&with_document(router, document))
}

fn with_document(router: Router<App>, document: Document) -> Router<App> {
    let document = axum::Json(document);
    router.route("/api/openapi.json", get(move || async move { document }))
}

/// Everything that query serves.
pub(crate) fn router(app: App, web_dir: Option<PathBuf>) -> Router {
    let (router, document) = described().split_for_parts();
    let routes = with_document(router, naru_http::describe(document, &app.session_cookie))
        .method_not_allowed_fallback(|| async {
            Problem::new(
                http::StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this path has no such method",
            )
        })
        .layer(middleware::from_fn(naru_http::same_origin))
        .with_state(app.clone());
    // A development machine may run before the web app is built: then the API answers and pages do not exist.
    let routes = match web_dir.filter(|dir| dir.join("index.html").exists()) {
        Some(dir) => routes.fallback_service(naru_http::web_app(dir)),
        None => routes.fallback(|| async { Problem::not_found("page: the web app is not built here") }),
    };
    naru_http::harden(routes.layer(middleware::from_fn_with_state(app, caller::own_hosts_only)))
}
