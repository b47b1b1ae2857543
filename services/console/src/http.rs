//! The HTTP edge: one file per resource. Every route is registered together with its OpenAPI description, so that no
//! route can run undescribed.

mod cookie;
mod email_verification;
mod gate;
mod hand_over;
mod hand_over_refused;
mod install;
mod license_key;
mod me;
mod onboarding;
mod project;
mod region;
mod session;
mod shape;
mod signed_in;
mod signup;
mod time;
mod token;
mod usage;

use std::path::PathBuf;

use axum::{Router, middleware, routing::get};
use http::StatusCode;
use naru_http::{Json, Problem};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Naru console",
        version = "1",
        description = "Sign-up, sessions, projects, license keys and tokens. Browsers use the session cookie, programs \
                       `Authorization: Bearer nat_…`. Every error is application/problem+json with a `code`."
    ),
    security(("session" = []), ("token" = [])),
    components(schemas(shape::OnboardingEvent))
)]
struct Description;

/// All routes, on both kinds of host; `gate` decides which host serves which.
fn described() -> OpenApiRouter<App> {
    let v1 = OpenApiRouter::new()
        .routes(routes!(signup::create))
        .routes(routes!(signup::availability))
        .routes(routes!(email_verification::create))
        .routes(routes!(email_verification::resend))
        .routes(routes!(session::create))
        .routes(routes!(session::current, session::delete))
        .routes(routes!(me::change))
        .routes(routes!(region::list))
        .routes(routes!(project::list, project::create))
        .routes(routes!(project::get))
        .routes(routes!(install::get))
        .routes(routes!(license_key::list, license_key::create))
        .routes(routes!(license_key::delete))
        .routes(routes!(token::list, token::create))
        .routes(routes!(token::delete))
        .routes(routes!(onboarding::stream))
        .routes(routes!(onboarding::test_trace))
        .routes(routes!(usage::get));
    OpenApiRouter::with_openapi(Description::openapi())
        .nest("/api/v1", v1)
        .routes(routes!(hand_over::start))
        .routes(routes!(hand_over::hand_over))
        .routes(routes!(hand_over::callback))
        .routes(routes!(hand_over::log_out))
}

/// The routes alone, without guards and files. Its `Debug` names every path: a test holds it against the description.
pub fn routes(session_cookie: &str) -> Router<App> {
    let (router, document) = described().split_for_parts();
    let document = axum::Json(naru_http::describe(document, session_cookie));
    router.route("/api/openapi.json", get(move || async move { document }))
}

/// Everything that console serves.
pub fn router(app: App, web_dir: Option<PathBuf>) -> Router {
    let no_such_method = || async {
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path has no such method")
    };
    let routes = routes(&app.places.session_cookie())
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn(naru_http::same_origin))
        .with_state(app.clone());
    let routes = match web_dir {
        Some(dir) => routes.fallback_service(naru_http::web_app(dir)),
        None => routes.fallback(|| async { Problem::not_found("resource") }),
    };
    naru_http::harden(routes.layer(middleware::from_fn_with_state(app, gate::by_host)))
}

/// A created thing.
type Created<T> = (StatusCode, Json<T>);
