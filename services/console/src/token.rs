//! API tokens: what programs log in with.

pub mod text;

use naru_auth::{Action, Secret};
use naru_ids::TokenId;

use crate::{
    app::App,
    error::Error,
    member::check::{NAME_LEN_MAX, Problems},
    session::caller::SignedIn,
    store::{
        api_token::{self, TOKENS_MAX, Token},
        audit,
    },
};

/// Makes a token with the maker's role. Its text is in this answer and nowhere else.
pub async fn create(app: &App, who: &SignedIn, name: &str, address: &str) -> Result<(Token, Secret), Error> {
    who.caller.may(Action::CreateToken)?;
    // A leaked token must not be able to outlive its own revocation.
    if who.session.is_none() {
        return Err(session_required());
    }
    let mut problems = Problems::default();
    let name = problems.line("name", name, NAME_LEN_MAX);
    if !problems.0.is_empty() {
        return Err(Error::Fields(problems.0));
    }
    let (secret, now) = (text::generate(), app.now());
    let token =
        Token { id: TokenId::new(now), name, hint: text::hint(&secret), created: now, last_used: None };
    let mac = app.pepper.mac(&secret.digest());
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    if !api_token::insert(&mut tx, &token, &mac, who.caller.role, who.person.id).await? {
        problems.add("name", "too_many", &format!("a company has at most {TOKENS_MAX} API tokens"));
        return Err(Error::Fields(problems.0));
    }
    let actor = Some(who.caller.actor);
    let entry = audit::Entry { actor, action: "token.create", subject: token.id.to_string(), address };
    audit::insert(&mut tx, &entry, now).await?;
    tx.commit().await?;
    Ok((token, secret))
}

pub async fn list(app: &App, who: &SignedIn) -> Result<Vec<Token>, Error> {
    who.caller.may(Action::ListTokens)?;
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    Ok(api_token::list(&mut tx).await?)
}

/// Tokens already revoked stay revoked; the call succeeds again.
pub async fn revoke(app: &App, who: &SignedIn, id: TokenId, address: &str) -> Result<(), Error> {
    who.caller.may(Action::RevokeToken)?;
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    let Some(just_now) = api_token::revoke(&mut tx, id, app.now()).await? else {
        return Err(Error::NotFound("API token"));
    };
    if just_now {
        let actor = Some(who.caller.actor);
        let entry = audit::Entry { actor, action: "token.revoke", subject: id.to_string(), address };
        audit::insert(&mut tx, &entry, app.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// For what only a person may do.
#[must_use]
pub fn session_required() -> Error {
    Error::Forbidden {
        code: "session_required",
        detail: "log in with a browser to do this; a token may not".to_owned(),
    }
}
