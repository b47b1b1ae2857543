//! License keys of a project: console checks who asks, license does the rest.

use naru_auth::Action;
use naru_ids::{KeyId, ProjectId};
use naru_license_api::{IssueKey, IssuedKey, KeyInfo};

use crate::{
    app::App,
    error::Error,
    member::check::{NAME_LEN_MAX, Problems},
    project::board,
    session::caller::SignedIn,
    store::audit,
};

const NAME_DEFAULT: &str = "default";

/// Issues a key. Its text is in this answer and nowhere else.
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
    let issued = app.license.issue(&question).await?;
    write_audit(app, who, "key.issue", issued.info.id, address).await?;
    Ok(issued)
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
    write_audit(app, who, "key.revoke", key, address).await
}

/// The change is license's and done; a failure here is told, and doing it again is harmless.
async fn write_audit(
    app: &App,
    who: &SignedIn,
    action: &'static str,
    key: KeyId,
    address: &str,
) -> Result<(), Error> {
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    let actor = Some(who.caller.actor);
    audit::insert(&mut tx, &audit::Entry { actor, action, subject: key.to_string(), address }, app.now())
        .await?;
    tx.commit().await?;
    Ok(())
}
