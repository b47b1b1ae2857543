//! Sessions: opened by log-in and sign-up on the console, carried over to tenant hosts by one-time codes.
//!
//! A session's text lives in the browser's cookie only; the database knows its digest. A console session and a tenant
//! host's session are different secrets: what leaks on one host is worth nothing on the other.

pub mod caller;
pub mod hand_over;
pub mod login;
pub mod throttle;

use std::time::Duration;

use naru_auth::Secret;
use naru_ids::{UnixMs, UserId};
use naru_postgres::TenantTx;

use crate::{
    app::App,
    error::Error,
    store::session::{self, Digest, Kind, NewSession},
};

/// A person logs in twice a month.
pub const SESSION_LIFE: Duration = Duration::from_secs(14 * 86_400);

/// A session just opened: for one `Set-Cookie`.
#[derive(Debug)]
pub struct Opened {
    pub secret: Secret,
    pub expires: UnixMs,
}

/// Opens a console session in the transaction of the change that permits it.
pub async fn open_console(tx: &mut TenantTx, app: &App, person: UserId) -> Result<Opened, Error> {
    let secret = Secret::generate("ncs_");
    let (created, expires) = (app.now(), app.after(SESSION_LIFE));
    let host = app.places.console_host();
    let digest = secret.digest();
    let kind = Kind::Console;
    session::insert(tx, &NewSession { digest, person, kind, host: &host, parent: None, created, expires })
        .await?;
    Ok(Opened { secret, expires })
}

/// Opens a session on a tenant's host that ends with the console session it came from.
async fn open_tenant(
    tx: &mut TenantTx,
    app: &App,
    person: UserId,
    host: &str,
    parent: Digest,
    expires: UnixMs,
) -> Result<Opened, Error> {
    let secret = Secret::generate("nts_");
    let (created, digest, kind) = (app.now(), secret.digest(), Kind::Tenant);
    let parent = Some(parent);
    session::insert(tx, &NewSession { digest, person, kind, host, parent, created, expires }).await?;
    Ok(Opened { secret, expires })
}
