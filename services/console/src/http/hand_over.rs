//! `/auth/*`: carrying a session from the console to a tenant's host. Browsers come here by navigation, so answers are
//! redirects, and every address in them is put together from our own configuration.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use naru_auth::Secret;
use naru_http::{ClientAddress, Host, Problem, Query};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{cookie, hand_over_refused};
use crate::{
    app::App,
    error::Error,
    places::{Place, local_path},
    session::{caller, hand_over, login},
};

/// The nonce waits while the person logs in on the console.
const NONCE_LIFE_S: u64 = 900;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Start {
    /// A path on this host to come back to; anything else means `/`.
    #[serde(default, rename = "return")]
    back: String,
}

/// On a tenant's host: begin to log in here. Sets a nonce cookie and sends the browser to the console.
#[utoipa::path(
    get,
    path = "/auth/start",
    tag = "hand-over",
    security(()),
    params(Start),
    responses((status = 303, description = "To the console's /auth/hand-over"))
)]
pub(super) async fn start(State(app): State<App>, Host(host): Host, Query(query): Query<Start>) -> Response {
    let nonce = Secret::generate("non_");
    let to = format!(
        "{}/auth/hand-over?host={}&nonce_digest={}&return={}",
        app.places.console_url(),
        encode(&host),
        hex::encode(nonce.digest()),
        encode(local_path(&query.back)),
    );
    see_other(&to, Some(cookie::nonce(&app, nonce.expose(), NONCE_LIFE_S)))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HandOver {
    /// The tenant host that asks; it must be the host of the session's own tenant.
    #[serde(default)]
    host: String,
    /// SHA-256 of the nonce cookie on that host, in hex.
    #[serde(default)]
    nonce_digest: String,
    #[serde(default, rename = "return")]
    back: String,
}

/// On the console: send the browser back to its tenant's host with a one-time code, after a log-in if need be.
#[utoipa::path(
    get,
    path = "/auth/hand-over",
    tag = "hand-over",
    security(()),
    params(HandOver),
    responses(
        (
            status = 303,
            description = "To the tenant's /auth/callback, to /login first, or, for a browser that is refused, to a \
                           page that says why"
        ),
        (status = 403, body = Problem, description = "not_your_tenant"),
        (status = 429, body = Problem, description = "too_many_attempts, with Retry-After"),
    )
)]
pub(super) async fn hand_over(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<HandOver>,
) -> Response {
    let handed = to_tenant(&app, &headers, query).await;
    handed.unwrap_or_else(|error| hand_over_refused::answer(&app, &headers, error))
}

async fn to_tenant(app: &App, headers: &HeaderMap, query: HandOver) -> Result<Response, Error> {
    let host = query.host.to_ascii_lowercase();
    let nonce = hex::decode(&query.nonce_digest).ok().and_then(|bytes| bytes.try_into().ok());
    let (Place::Tenant { .. }, Some(nonce)) = (app.places.of(&host), nonce) else {
        return Err(Error::Forbidden {
            code: "bad_hand_over",
            detail: "this log-in link is incomplete".to_owned(),
        });
    };
    let back = local_path(&query.back);
    let session = match cookie::read(headers, &app.places.session_cookie()) {
        Some(secret) => caller::by_session(app, secret).await?,
        None => None,
    };
    let Some((who, digest)) = session.and_then(|who| who.session.map(|digest| (who, digest))) else {
        let digest = &query.nonce_digest;
        let next =
            format!("/auth/hand-over?host={}&nonce_digest={digest}&return={}", encode(&host), encode(back));
        return Ok(see_other(&format!("/login?next={}", encode(&next)), None));
    };
    let code = hand_over::make_code(app, &who, digest, &host, nonce).await?;
    let to =
        format!("{}/auth/callback?code={}&return={}", app.places.url(&host), code.expose(), encode(back));
    Ok(see_other(&to, None))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Callback {
    #[serde(default)]
    code: String,
    #[serde(default, rename = "return")]
    back: String,
}

/// On a tenant's host: turn the one-time code into a session on this host.
#[utoipa::path(
    get,
    path = "/auth/callback",
    tag = "hand-over",
    security(()),
    params(Callback),
    responses(
        (
            status = 303,
            description = "To the path the person wanted, with the session cookie; a browser that is refused, to the \
                           console's page that says why"
        ),
        (status = 401, body = Problem, description = "hand_over_refused"),
        (status = 429, body = Problem, description = "too_many_attempts, with Retry-After"),
    )
)]
pub(super) async fn callback(
    State(app): State<App>,
    Host(host): Host,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Query(query): Query<Callback>,
) -> Response {
    let nonce = cookie::read(&headers, &app.places.nonce_cookie());
    let opened = match hand_over::use_code(&app, &host, &query.code, nonce, &address.to_string()).await {
        Ok(opened) => opened,
        Err(error) => return hand_over_refused::answer(&app, &headers, error),
    };
    let mut response = see_other(local_path(&query.back), Some(cookie::session(&app, &opened)));
    response.headers_mut().append(header::SET_COOKIE, cookie::nonce(&app, "", 0));
    response
}

/// On a tenant's host: log out, here and on the console. Succeeds also without a session.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "hand-over",
    security(()),
    responses((status = 204, description = "Logged out; go to the console's /login"))
)]
pub(super) async fn log_out(
    State(app): State<App>,
    Host(host): Host,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
) -> Result<Response, Error> {
    if let Some(secret) = cookie::read(&headers, &app.places.session_cookie()) {
        login::log_out_tenant(&app, &host, secret, &address.to_string()).await?;
    }
    let cookies = [(header::SET_COOKIE, cookie::no_session(&app))];
    Ok((StatusCode::NO_CONTENT, cookies).into_response())
}

/// 303 to an address of ours. It carries secrets in its query, so no referrer may tell of it.
pub(super) fn see_other(to: &str, cookie: Option<HeaderValue>) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// For one value of a query string: everything but unreserved letters as %XX.
fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}
