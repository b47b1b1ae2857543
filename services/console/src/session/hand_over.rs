//! Carrying a session from the console to a tenant's host.
//!
//! ```text
//! tenant  /auth/start      sets a nonce cookie on its host            → console /auth/hand-over?host&nonce_digest&return
//! console /auth/hand-over  checks that the host is the session's own  → tenant  /auth/callback?code&return
//! tenant  /auth/callback   code + nonce cookie → session cookie       → return
//! ```
//!
//! The code is good once, for 60 s, on that host, in the browser that holds the nonce. Whoever plants a link can
//! therefore neither log a victim in as somebody else nor catch a code and use it.

use std::time::Duration;

use naru_auth::Secret;

use super::{
    Opened,
    caller::SignedIn,
    open_tenant,
    throttle::{HAND_OVER, HAND_OVER_CODE, network},
};
use crate::{
    app::App,
    error::Error,
    places::Place,
    store::{
        hand_over::{self, NewHandOver},
        session::{self, Digest, Kind},
        tenant,
    },
};

pub const CODE_LIFE: Duration = Duration::from_secs(60);

/// Makes a code for `host`, which must be the host of the session's own tenant.
pub async fn make_code(
    app: &App,
    who: &SignedIn,
    session: Digest,
    host: &str,
    nonce: Digest,
) -> Result<Secret, Error> {
    if host != app.places.tenant_host(&who.tenant.slug, &who.tenant.region) {
        return Err(Error::Forbidden {
            code: "not_your_tenant",
            detail: "you are logged in to another company; log out first to use this address".to_owned(),
        });
    }
    app.throttle.take(&HAND_OVER, &who.person.id.to_string()).await?;
    let code = Secret::generate("nho_");
    let (digest, created, expires) = (code.digest(), app.now(), app.after(CODE_LIFE));
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    hand_over::insert(&mut tx, &NewHandOver { digest, session, host, nonce, created, expires }).await?;
    tx.commit().await?;
    Ok(code)
}

/// Turns a code into a session on `host`, on which it was shown together with `nonce`.
///
/// The code is used up even when the answer is no. The console session must still hold.
pub async fn use_code(
    app: &App,
    host: &str,
    code: &str,
    nonce: Option<&str>,
    address: &str,
) -> Result<Opened, Error> {
    app.throttle.take(&HAND_OVER_CODE, &network(address)).await?;
    let Place::Tenant { slug, .. } = app.places.of(host) else { return Err(refused()) };
    let mut tx = app.pool.begin().await?;
    let Some(tenant) = tenant::by_slug(&mut tx, &slug).await? else { return Err(refused()) };
    drop(tx);

    let mut tx = app.pool.begin_tenant(tenant.id).await?;
    let taken = hand_over::take(&mut tx, &naru_auth::digest(code), app.now()).await?;
    tx.commit().await?;
    let Some(taken) = taken else { return Err(refused()) };
    // Digests of secrets are compared, so the time this takes tells nothing of the secrets.
    let nonce_holds = nonce.is_some_and(|nonce| naru_auth::digest(nonce) == taken.nonce);
    if taken.host != host || !nonce_holds || app.now() >= taken.expires {
        return Err(refused());
    }

    let mut tx = app.pool.begin_tenant(tenant.id).await?;
    let console = app.places.console_host();
    let Some(parent) = session::live(&mut tx, &taken.session, Kind::Console, &console, app.now()).await?
    else {
        return Err(refused());
    };
    let opened = open_tenant(&mut tx, app, parent.person.id, host, taken.session, parent.expires).await?;
    tx.commit().await?;
    Ok(opened)
}

/// One answer for every reason: whoever guesses learns nothing.
fn refused() -> Error {
    Error::Unauthorized {
        code: "hand_over_refused",
        detail: "this log-in link was used before, is too old, or belongs to another browser; start again",
    }
}
