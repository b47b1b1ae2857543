//! `GET|POST /tokens`, `DELETE /tokens/{id}`.

use axum::extract::State;
use http::StatusCode;
use naru_http::{ClientAddress, Json, Path, Problem};
use naru_ids::TokenId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Created, signed_in::MayChange, time::rfc3339};
use crate::{app::App, error::Error, session::caller::SignedIn, store::api_token, token};

#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    tokens: Vec<Token>,
}

/// A token as it may be seen again: never its text.
#[derive(Serialize, ToSchema)]
pub(super) struct Token {
    id: TokenId,
    name: String,
    /// First and last letters.
    hint: String,
    created_at: String,
    /// To the minute.
    last_used_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct NewToken {
    #[serde(flatten)]
    info: Token,
    /// The token itself; this answer alone holds it.
    token: String,
}

#[derive(Deserialize, ToSchema, Default)]
#[serde(default)]
pub(super) struct TokenName {
    name: String,
}

impl From<api_token::Token> for Token {
    fn from(token: api_token::Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            hint: token.hint,
            created_at: rfc3339(token.created),
            last_used_at: token.last_used.map(rfc3339),
        }
    }
}

/// The tenant's API tokens that are not revoked.
#[utoipa::path(
    get,
    path = "/tokens",
    tag = "tokens",
    responses((status = 200, body = Tokens), (status = 403, body = Problem))
)]
pub(super) async fn list(State(app): State<App>, who: SignedIn) -> Result<Json<Tokens>, Error> {
    let tokens = token::list(&app, &who).await?;
    Ok(Json(Tokens { tokens: tokens.into_iter().map(Token::from).collect() }))
}

/// Make a token for a program. It may what its maker may, on the console and on the APM host.
#[utoipa::path(
    post,
    path = "/tokens",
    tag = "tokens",
    request_body = TokenName,
    responses((status = 201, body = NewToken), (status = 403, body = Problem), (status = 422, body = Problem))
)]
pub(super) async fn create(
    State(app): State<App>,
    MayChange(who): MayChange,
    ClientAddress(address): ClientAddress,
    Json(TokenName { name }): Json<TokenName>,
) -> Result<Created<NewToken>, Error> {
    let (token, secret) = token::create(&app, &who, &name, &address.to_string()).await?;
    Ok((StatusCode::CREATED, Json(NewToken { info: token.into(), token: secret.expose().to_owned() })))
}

/// Revoke a token. One already revoked stays revoked; the call succeeds again.
#[utoipa::path(
    delete,
    path = "/tokens/{id}",
    tag = "tokens",
    params(("id" = TokenId, Path)),
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn delete(
    State(app): State<App>,
    MayChange(who): MayChange,
    ClientAddress(address): ClientAddress,
    Path(id): Path<TokenId>,
) -> Result<StatusCode, Error> {
    token::revoke(&app, &who, id, &address.to_string()).await?;
    Ok(StatusCode::NO_CONTENT)
}
