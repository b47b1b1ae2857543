//! Proving a mail address by the link that was sent to it.

use std::time::Duration;

use naru_auth::Actor;
use naru_ids::{TenantId, UserId};

use super::check::{Problems, fold_email};
use crate::{
    app::App,
    error::Error,
    session::throttle::{RESEND, VERIFY},
    store::{audit, email_verification, mail_outbox, member, person},
};

/// A mail may be read after a long weekend.
pub const LINK_LIFE: Duration = Duration::from_secs(7 * 86_400);

/// Uses the link; answers the address it proves. Clicking twice proves it twice.
pub async fn verify(app: &App, token: &str, address: &str) -> Result<String, Error> {
    app.throttle.take(&VERIFY, address).await?;
    let digest = naru_auth::digest(token.trim());
    let mut tx = app.pool.begin().await?;
    let Some(tenant) = email_verification::tenant_of(&mut tx, &digest).await? else { return Err(refused()) };
    drop(tx);

    let now = app.now();
    let mut tx = app.pool.begin_tenant(tenant).await?;
    let Some((id, email)) = email_verification::take(&mut tx, &digest, now).await? else {
        return Err(refused());
    };
    if !person::set_verified(&mut tx, id, &email, now).await? {
        return Err(refused());
    }
    let actor = Some(Actor::User(id));
    let entry = audit::Entry { actor, action: "person.verify", subject: id.to_string(), address };
    audit::insert(&mut tx, &entry, now).await?;
    tx.commit().await?;
    Ok(email)
}

/// Sends the link again to a member. Nothing is sent to an address that is proven.
pub async fn resend(app: &App, tenant: TenantId, id: UserId) -> Result<(), Error> {
    app.throttle.take(&RESEND, &id.to_string()).await?;
    let mut tx = app.pool.begin_tenant(tenant).await?;
    let Some(person) = person::member(&mut tx, id).await? else { return Ok(()) };
    if person.verified.is_none() {
        mail_outbox::insert_verification(&mut tx, id, app.now()).await?;
        tx.commit().await?;
        app.mail_owed.notify_one();
    }
    Ok(())
}

/// For people whom the log-in refuses since their grace is over. Says nothing of whether the address is known.
pub async fn resend_to(app: &App, email: &str, address: &str) -> Result<(), Error> {
    app.throttle.take(&VERIFY, address).await?;
    let mut tx = app.pool.begin().await?;
    let Some((id, _)) = person::by_email(&mut tx, &fold_email(email)).await? else { return Ok(()) };
    let Some(tenant) = member::tenant_of(&mut tx, id).await? else { return Ok(()) };
    drop(tx);
    match resend(app, tenant, id).await {
        // Known addresses must not stand out by their limit.
        Err(Error::TooMany { .. }) => Ok(()),
        other => other,
    }
}

fn refused() -> Error {
    let mut problems = Problems::default();
    problems.add("token", "unknown", "this link is too old or incomplete; send the mail again");
    Error::Fields(problems.0)
}
