//! Sends owed mails. A mail is struck off after the mail server has it: an outage delays mails and loses none; a
//! crash in between sends one twice.

use std::{sync::Arc, time::Duration};

use naru_auth::Secret;

use crate::{
    app::App,
    error::Error,
    mail::{
        letter::{self, Verification},
        post::Post,
    },
    member::verify::LINK_LIFE,
    store::{
        email_verification,
        mail_outbox::{self, DueMail},
        person, tenant,
    },
};

/// Mails owed by this process wake the job at once; this finds what others left.
const EVERY: Duration = Duration::from_secs(5);
const MAILS_MAX: i64 = 20;
/// What a week of attempts could not deliver is given up.
const GIVEN_UP_AFTER_MS: u64 = 7 * 86_400_000;

/// Runs until the app stops.
pub async fn run(app: App, post: Arc<Post>) {
    loop {
        // What is under way when we stop comes again: a mail server that hangs holds nobody up.
        let done = tokio::select! {
            () = app.stop.cancelled() => return,
            done = round(&app, &post) => done,
        };
        match done {
            // There may be more.
            Ok(taken) if taken == usize::try_from(MAILS_MAX).unwrap_or(usize::MAX) => continue,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %naru_telemetry::chain(&error), "taking due mails failed, will retry")
            }
        }
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = app.mail_owed.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// One round; answers how many mails were tried.
async fn round(app: &App, post: &Post) -> Result<usize, Error> {
    let mut tx = app.pool.begin().await?;
    let due = mail_outbox::take_due(&mut tx, app.now(), MAILS_MAX).await?;
    tx.commit().await?;
    for mail in &due {
        match send(app, post, mail).await {
            Ok(()) => metrics::counter!("console_mails_total", "result" => "sent").increment(1),
            Err(error) => {
                metrics::counter!("console_mails_total", "result" => "failed").increment(1);
                tracing::warn!(
                    tenant.id = %mail.tenant,
                    attempts = mail.attempts,
                    error = format!("{error:#}"),
                    "a mail of {} was not sent, will retry",
                    mail.tenant
                );
            }
        }
    }
    Ok(due.len())
}

async fn send(app: &App, post: &Post, mail: &DueMail) -> anyhow::Result<()> {
    let now = app.now();
    let mut tx = app.pool.begin_tenant(mail.tenant).await?;
    let person = person::member(&mut tx, mail.person).await?;
    let tenant = tenant::own(&mut tx).await?;
    let still_owed = now.0.saturating_sub(mail.created.0) < GIVEN_UP_AFTER_MS;
    let (Some(person), Some(tenant), true) =
        (person.filter(|person| person.verified.is_none()), tenant, still_owed)
    else {
        mail_outbox::delete(&mut tx, mail.id).await?;
        return Ok(tx.commit().await?);
    };
    // A link of its own for each attempt: the text of a link exists in the mail and nowhere else.
    let token = Secret::generate("nev_");
    email_verification::insert(&mut tx, &token.digest(), person.id, &person.email, now, app.after(LINK_LIFE))
        .await?;
    tx.commit().await?;

    let console_url = app.places.console_url();
    let letter = letter::verification(&Verification {
        locale: &person.locale,
        name: &person.name,
        company: &tenant.company,
        link: &format!("{console_url}/verify?token={}", token.expose()),
        apm_url: &app.places.apm_url(&tenant.slug, &tenant.region),
        console_url: &console_url,
        verify_by: person.verify_by,
    })?;
    post.send(&person.email, letter).await?;

    let mut tx = app.pool.begin_tenant(mail.tenant).await?;
    mail_outbox::delete(&mut tx, mail.id).await?;
    Ok(tx.commit().await?)
}
