//! Which host serves which path: the console's API and app on the console host, `/auth/*` on tenant hosts.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use naru_http::{Host, Problem};

use crate::{app::App, places::Place};

/// The paths that the edge sends here from tenant hosts; on the console host they do not exist.
const TENANT_PATHS: [&str; 3] = ["/auth/start", "/auth/callback", "/auth/logout"];

pub(super) async fn by_host(
    State(app): State<App>,
    Host(host): Host,
    request: Request,
    next: Next,
) -> Response {
    let is_tenant_path = TENANT_PATHS.contains(&request.uri().path());
    match app.places.of(&host) {
        Place::Console if !is_tenant_path => next.run(request).await,
        Place::Tenant { .. } if is_tenant_path => next.run(request).await,
        Place::Console | Place::Tenant { .. } => Problem::not_found("resource on this host").into_response(),
        Place::Elsewhere => {
            let detail = format!("this service answers on {}", app.places.console_url());
            Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", detail).into_response()
        }
    }
}
