//! `POST /email-verifications`, `POST /email-verifications/resend`.

use axum::{body::Bytes, extract::State};
use http::StatusCode;
use naru_http::{ClientAddress, Json, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{app::App, error::Error, member::verify, session::caller::SignedIn};

#[derive(Deserialize, ToSchema)]
pub(super) struct Link {
    /// What the mail's link carries as `token`.
    token: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Verified {
    email: String,
}

/// Prove a mail address with the link that was sent to it. Needs no session: people read mail on another device.
#[utoipa::path(
    post,
    path = "/email-verifications",
    tag = "people",
    security(()),
    request_body = Link,
    responses((status = 200, body = Verified), (status = 422, body = Problem, description = "Too old or incomplete"))
)]
pub(super) async fn create(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Json(Link { token }): Json<Link>,
) -> Result<Json<Verified>, Error> {
    let email = verify::verify(&app, &token, &address.to_string()).await?;
    Ok(Json(Verified { email }))
}

#[derive(Deserialize, ToSchema)]
pub(super) struct Resend {
    /// Only without a session: whom the log-in refuses with `email_unverified`.
    email: String,
}

/// Send the verification mail again: to who is logged in, else to the given address. Always 204, so that nobody learns
/// which addresses are known.
#[utoipa::path(
    post,
    path = "/email-verifications/resend",
    tag = "people",
    security((), ("session" = []), ("token" = [])),
    request_body = Option<Resend>,
    responses((status = 204), (status = 429, body = Problem))
)]
pub(super) async fn resend(
    State(app): State<App>,
    who: Option<SignedIn>,
    ClientAddress(address): ClientAddress,
    body: Bytes,
) -> Result<StatusCode, Error> {
    match (who, serde_json::from_slice::<Resend>(&body)) {
        (Some(who), _) => verify::resend(&app, who.caller.tenant, who.person.id).await?,
        (None, Ok(Resend { email })) => verify::resend_to(&app, &email, &address.to_string()).await?,
        (None, Err(_)) => {
            return Err(Error::Unauthorized {
                code: "unauthenticated",
                detail: "log in, or send your mail address",
            });
        }
    }
    Ok(StatusCode::NO_CONTENT)
}
