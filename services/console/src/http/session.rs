//! `POST /sessions`, `GET|DELETE /sessions/current`.

use axum::{extract::State, response::IntoResponse};
use http::{StatusCode, header};
use naru_http::{ClientAddress, Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{cookie, shape::Session, signed_in::LoggedIn};
use crate::{
    app::App,
    error::Error,
    session::{caller, caller::SignedIn, login},
};

#[derive(Deserialize, ToSchema)]
pub(super) struct LogIn {
    email: String,
    password: String,
}

/// Log in.
#[utoipa::path(
    post,
    path = "/sessions",
    tag = "people",
    security(()),
    request_body = LogIn,
    responses(
        (status = 201, body = Session),
        (status = 401, body = Problem, description = "invalid_credentials"),
        (status = 403, body = Problem, description = "email_unverified: the 24 h are over"),
        (status = 429, body = Problem, description = "too_many_attempts, with Retry-After"),
    )
)]
pub(super) async fn create(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Json(LogIn { email, password }): Json<LogIn>,
) -> Result<impl IntoResponse, Error> {
    let opened = login::log_in(&app, &email, password, &address.to_string()).await?;
    let who = caller::by_session(&app, opened.secret.expose()).await?;
    // It was opened a moment ago; only a log-out in between makes this fail.
    let who = who.ok_or(Error::Unauthorized { code: "unauthenticated", detail: "log in again" })?;
    let session = Session::signed_in(&app, &who);
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie::session(&app, &opened))], Json(session)))
}

/// Who is logged in. Of an API token: the person who made it, with the token's role.
#[utoipa::path(
    get,
    path = "/sessions/current",
    tag = "people",
    responses((status = 200, body = Session), (status = 401, body = Problem))
)]
pub(super) async fn current(State(app): State<App>, who: SignedIn) -> Json<Session> {
    Json(Session::signed_in(&app, &who))
}

/// Log out, here and on the tenant's host.
#[utoipa::path(
    delete,
    path = "/sessions/current",
    tag = "people",
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem, description = "session_required: a token cannot do this"))
)]
pub(super) async fn delete(
    State(app): State<App>,
    LoggedIn(who, session): LoggedIn,
    ClientAddress(address): ClientAddress,
) -> Result<impl IntoResponse, Error> {
    login::log_out(&app, &who, &session, &address.to_string()).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::no_session(&app))]))
}
