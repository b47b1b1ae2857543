//! Who calls: an extractor per degree of trust, so that a handler's arguments say what it demands.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::{HeaderMap, header, request::Parts};

use super::cookie;
use crate::{
    app::App,
    error::Error,
    session::{
        caller::{self, SignedIn},
        login::unverified,
    },
    store::session::Digest,
    token::session_required,
};

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let found = by_headers(app, &parts.headers).await?;
        found.ok_or(Error::Unauthorized {
            code: "unauthenticated",
            detail: "log in, or send a valid API token",
        })
    }
}

/// By a bearer token, else by the session cookie. `None` = there is neither, or it does not hold.
pub(super) async fn by_headers(app: &App, headers: &HeaderMap) -> Result<Option<SignedIn>, Error> {
    if let Some(token) = bearer(headers) {
        return caller::by_token(app, token).await;
    }
    match cookie::read(headers, &app.places.session_cookie()) {
        Some(secret) => caller::by_session(app, secret).await,
        None => Ok(None),
    }
}

impl OptionalFromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Error> {
        by_headers(app, &parts.headers).await
    }
}

/// Somebody who may change things: their mail address is proven, or the grace still runs.
pub(super) struct MayChange(pub(super) SignedIn);

impl FromRequestParts<App> for MayChange {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let who = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        if who.person.is_overdue(app.now()) { Err(unverified()) } else { Ok(Self(who)) }
    }
}

/// A person with a console session; tokens are not enough.
pub(super) struct LoggedIn(pub(super) SignedIn, pub(super) Digest);

impl FromRequestParts<App> for LoggedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let who = <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let session = who.session.ok_or_else(session_required)?;
        Ok(Self(who, session))
    }
}

/// The text after `Bearer`, whatever it is: a bad token is refused, not passed over for the cookie.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
