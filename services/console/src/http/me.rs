//! `PATCH /me`.

use axum::extract::State;
use naru_http::{ClientAddress, Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{shape::Session, signed_in::LoggedIn};
use crate::{app::App, error::Error, member::change};

#[derive(Deserialize, ToSchema)]
pub(super) struct Change {
    /// `ko` or `en`: of screens and mails.
    locale: Option<String>,
    name: Option<String>,
}

/// Change one's own name or language. Works also when the mail address is overdue: it must be possible to read the
/// request for it.
#[utoipa::path(
    patch,
    path = "/me",
    tag = "people",
    request_body = Change,
    responses((status = 200, body = Session), (status = 403, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn change(
    State(app): State<App>,
    LoggedIn(who, _): LoggedIn,
    ClientAddress(address): ClientAddress,
    Json(Change { locale, name }): Json<Change>,
) -> Result<Json<Session>, Error> {
    let who = change::change(&app, who, name.as_deref(), locale.as_deref(), &address.to_string()).await?;
    Ok(Json(Session::signed_in(&app, &who)))
}
