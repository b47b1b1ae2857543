//! Table `console.audit`: who changed what, when, from where. Written in the transaction of the change itself.

use naru_auth::Actor;
use naru_ids::UnixMs;
use uuid::{NoContext, Timestamp, Uuid};

use super::{Doing, StoreError, TenantTx, ms};

/// One change, told so that it can be read in a list.
#[derive(Debug)]
pub struct Entry<'a> {
    pub actor: Option<Actor>,
    /// `project.create`, `session.open` …
    pub action: &'static str,
    /// The id of what was changed, in its wire form.
    pub subject: String,
    /// The client's address.
    pub address: &'a str,
}

pub async fn insert(tx: &mut TenantTx, entry: &Entry<'_>, now: UnixMs) -> Result<(), StoreError> {
    let actor = match entry.actor {
        Some(Actor::User(id)) => id.to_string(),
        Some(Actor::Token(id)) => id.to_string(),
        None => "-".to_owned(),
    };
    let id = Uuid::new_v7(Timestamp::from_unix(NoContext, now.0 / 1_000, 0));
    sqlx::query(
        "insert into console.audit (tenant_id, id, at_ms, actor, action, subject, address)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tx.tenant().uuid())
    .bind(id)
    .bind(ms(now))
    .bind(actor)
    .bind(entry.action)
    .bind(&entry.subject)
    .bind(entry.address)
    .execute(&mut **tx)
    .await
    .doing("writing an audit entry")?;
    Ok(())
}
