//! License keys of a project: console checks who asks, license does the rest.

mod unseen;

use naru_auth::Action;
use naru_ids::{KeyId, ProjectId};
use naru_license_api::{IssueKey, IssuedKey, KeyInfo};
use naru_nats::CallError;
use tokio::sync::oneshot;

use self::unseen::Unseen;
use crate::{
    app::App,
    clients::TIMEOUT,
    error::Error,
    member::check::{NAME_LEN_MAX, Problems},
    project::board,
    session::caller::SignedIn,
    store::audit,
};

const NAME_DEFAULT: &str = "default";

/// Issues a key. Its text is in this answer and nowhere else; a key whose answer reaches nobody is revoked.
pub async fn issue(
    app: &App,
    who: &SignedIn,
    project: ProjectId,
    name: &str,
    address: &str,
) -> Result<IssuedKey, Error> {
    who.caller.may(Action::IssueKey)?;
    let project = board::find(app, who, project).await?;
    let mut problems = Problems::default();
    let name = match name.trim() {
        "" => NAME_DEFAULT.to_owned(),
        name => problems.line("name", name, NAME_LEN_MAX),
    };
    if !problems.0.is_empty() {
        return Err(Error::Fields(problems.0));
    }
    let question = IssueKey { tenant: who.caller.tenant, project: project.id, region: project.region, name };
    // Before there is a key: whatever happens then, it can be found out who wanted it.
    write_audit(app, who, "key.request", project.id.to_string(), address).await?;
    let (tell, told) = oneshot::channel();
    let (behind, asker, address) = (app.clone(), who.clone(), address.to_owned());
    // On its own, so that it ends as it must also when the caller leaves or is told that license is away.
    tokio::spawn(async move {
        // A key that nobody is there to take is dropped here, and so revoked.
        let _ = tell.send(issue_unseen(behind, asker, question, address).await);
    });
    match tokio::time::timeout(TIMEOUT, told).await {
        Ok(Ok(unseen)) => Ok(unseen?.show()),
        _ => Err(Error::Peer {
            peer: "license",
            source: CallError::Unavailable("no key was issued in time".to_owned()),
        }),
    }
}

async fn issue_unseen(app: App, who: SignedIn, question: IssueKey, address: String) -> Result<Unseen, Error> {
    let issued = app.license.issue(&question).await?;
    let key = issued.info.id;
    let unseen = Unseen::new(app.clone(), who.clone(), address.clone(), issued);
    write_audit(&app, &who, "key.issue", key.to_string(), &address).await?;
    Ok(unseen)
}

pub async fn list(app: &App, who: &SignedIn, project: ProjectId) -> Result<Vec<KeyInfo>, Error> {
    who.caller.may(Action::ListKeys)?;
    let project = board::find(app, who, project).await?;
    app.license.list(who.caller.tenant, project.id).await
}

/// Keys already revoked stay revoked; the call succeeds again.
pub async fn revoke(app: &App, who: &SignedIn, key: KeyId, address: &str) -> Result<(), Error> {
    who.caller.may(Action::RevokeKey)?;
    app.license.revoke(who.caller.tenant, key).await?.ok_or(Error::NotFound("license key"))?;
    write_audit(app, who, "key.revoke", key.to_string(), address).await
}

/// The change is license's and done; a failure here is told, and doing it again is harmless.
async fn write_audit(
    app: &App,
    who: &SignedIn,
    action: &'static str,
    subject: String,
    address: &str,
) -> Result<(), Error> {
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    let actor = Some(who.caller.actor);
    audit::insert(&mut tx, &audit::Entry { actor, action, subject, address }, app.now()).await?;
    tx.commit().await?;
    Ok(())
}
