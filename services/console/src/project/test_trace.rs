//! A trace that ingest makes for us, to show that the way is open.

use naru_auth::Action;
use naru_ids::ProjectId;

use super::board;
use crate::{
    app::App,
    error::Error,
    session::{caller::SignedIn, throttle::TEST_TRACE},
    store::audit,
};

/// Answers the trace's id; the trace is durable then.
pub async fn send(app: &App, who: &SignedIn, id: ProjectId, address: &str) -> Result<String, Error> {
    who.caller.may(Action::SendTestTrace)?;
    let project = board::find(app, who, id).await?;
    app.throttle.take(&TEST_TRACE, &who.caller.tenant.to_string()).await?;
    let sent = app.ingest.test_trace(who.caller.tenant, project.id).await?;
    let mut tx = app.pool.begin_tenant(who.caller.tenant).await?;
    let actor = Some(who.caller.actor);
    let entry =
        audit::Entry { actor, action: "project.test_trace", subject: project.id.to_string(), address };
    audit::insert(&mut tx, &entry, app.now()).await?;
    tx.commit().await?;
    Ok(sent.trace_id)
}
