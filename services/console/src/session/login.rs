//! Log-in and log-out.

use naru_auth::{Actor, password};

use super::{
    Opened,
    caller::SignedIn,
    open_console,
    throttle::{Attempt, LOGIN_BY_ADDRESS, LOGIN_BY_BOTH, LOGIN_BY_EMAIL, network},
};
use crate::{
    app::App,
    error::Error,
    member::check::fold_email,
    places::Place,
    store::{
        audit, member, person,
        session::{self, Digest, Kind},
        tenant,
    },
};

/// Opens a session for the right password. Unknown addresses and wrong passwords are answered alike, after the same
/// time.
pub async fn log_in(app: &App, email: &str, password: String, address: &str) -> Result<Opened, Error> {
    let email = fold_email(email);
    let both = format!("{email} {}", network(address));
    let attempts = count(app, &email, &both, address).await?;
    let answer = check(app, &email, password, address).await;
    if matches!(answer, Err(Error::Unauthorized { .. })) {
        return answer;
    }
    // No wrong password: what others got wrong stays counted, so that a guesser with an account of their own gains
    // nothing by logging in.
    for attempt in attempts {
        app.throttle.give_back(attempt).await;
    }
    if answer.is_ok() {
        app.throttle.forget(&LOGIN_BY_BOTH, &both).await;
    }
    answer
}

/// Counts before the password is looked at: however many come at once, no more than the budgets are checked. The
/// narrowest first, so that who has spent it takes nothing from the others.
async fn count(app: &App, email: &str, both: &str, address: &str) -> Result<[Attempt; 3], Error> {
    Ok([
        app.throttle.take(&LOGIN_BY_BOTH, both).await?,
        app.throttle.take(&LOGIN_BY_ADDRESS, &network(address)).await?,
        app.throttle.take(&LOGIN_BY_EMAIL, email).await?,
    ])
}

async fn check(app: &App, email: &str, password: String, address: &str) -> Result<Opened, Error> {
    let mut tx = app.pool.begin().await?;
    let found = person::by_email(&mut tx, email).await?;
    let tenant = match &found {
        Some((person, _)) => member::tenant_of(&mut tx, *person).await?,
        None => None,
    };
    // Hashing takes long; the connection is needed elsewhere meanwhile.
    drop(tx);

    let (Some((id, phc)), Some(tenant)) = (found, tenant) else {
        verify(password, None).await?;
        return Err(refused());
    };
    if !verify(password, Some(phc)).await? {
        return Err(refused());
    }

    let mut tx = app.pool.begin_tenant(tenant).await?;
    let Some(person) = person::member(&mut tx, id).await? else { return Err(refused()) };
    if person.is_overdue(app.now()) {
        return Err(unverified());
    }
    let opened = open_console(&mut tx, app, id).await?;
    let actor = Some(Actor::User(id));
    let entry = audit::Entry { actor, action: "session.open", subject: id.to_string(), address };
    audit::insert(&mut tx, &entry, app.now()).await?;
    tx.commit().await?;
    metrics::counter!("console_logins_total", "result" => "opened").increment(1);
    Ok(opened)
}

/// Ends the session and every tenant host's session that came from it.
pub async fn log_out(app: &App, who: &SignedIn, session: &Digest, address: &str) -> Result<(), Error> {
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    if session::revoke_family(&mut tx, session, app.now()).await? {
        let actor = Some(who.caller.actor);
        let entry =
            audit::Entry { actor, action: "session.close", subject: who.person.id.to_string(), address };
        audit::insert(&mut tx, &entry, app.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The same from a tenant's host. A session that does not hold there is no session.
pub async fn log_out_tenant(app: &App, host: &str, secret: &str, address: &str) -> Result<(), Error> {
    let Place::Tenant { slug, .. } = app.places.of(host) else { return Ok(()) };
    let mut tx = app.pool.begin().await?;
    let Some(tenant) = tenant::by_slug(&mut tx, &slug).await? else { return Ok(()) };
    drop(tx);
    let digest = naru_auth::digest(secret);
    let mut tx = app.pool.begin_tenant(tenant.id).await?;
    let Some(live) = session::live(&mut tx, &digest, Kind::Tenant, host, app.now()).await? else {
        return Ok(());
    };
    session::revoke_family(&mut tx, &digest, app.now()).await?;
    let actor = Some(Actor::User(live.person.id));
    let entry = audit::Entry { actor, action: "session.close", subject: live.person.id.to_string(), address };
    audit::insert(&mut tx, &entry, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Told wherever the grace of 24 h is over.
#[must_use]
pub fn unverified() -> Error {
    Error::Forbidden {
        code: "email_unverified",
        detail:
            "confirm your mail address first; POST /api/v1/email-verifications/resend sends the mail again"
                .to_owned(),
    }
}

/// A password beyond argon2's bound is simply wrong.
async fn verify(password: String, phc: Option<String>) -> Result<bool, Error> {
    let answer = match phc {
        Some(phc) => password::verify(password, phc).await,
        None => password::verify_nobody(password).await,
    };
    match answer {
        Err(password::Error::TooLong) => Ok(false),
        other => Ok(other?),
    }
}

fn refused() -> Error {
    metrics::counter!("console_logins_total", "result" => "refused").increment(1);
    Error::Unauthorized { code: "invalid_credentials", detail: "the mail address or the password is wrong" }
}
