//! Table `console.mail_outbox`: mails owed.

use naru_ids::{TenantId, UnixMs, UserId};
use uuid::{NoContext, Timestamp, Uuid};

use super::{
    Doing, StoreError, TenantTx, Tx, at,
    lookup::{self, Job},
    ms,
};

/// A mail to be sent now. Its row stays until [`delete`], so that a crash repeats it rather than loses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMail {
    pub id: Uuid,
    pub tenant: TenantId,
    pub person: UserId,
    pub created: UnixMs,
    /// This attempt included.
    pub attempts: i32,
}

/// Owes `person` a verification mail, due at once.
pub async fn insert_verification(tx: &mut TenantTx, person: UserId, now: UnixMs) -> Result<(), StoreError> {
    let id = Uuid::new_v7(Timestamp::from_unix(NoContext, now.0 / 1_000, 0));
    sqlx::query(
        "insert into console.mail_outbox (tenant_id, id, person_id, kind, created_ms, next_ms)
         values ($1, $2, $3, 'verify_email', $4, $4)",
    )
    .bind(tx.tenant().uuid())
    .bind(id)
    .bind(person.uuid())
    .bind(ms(now))
    .execute(&mut **tx)
    .await
    .doing("owing a verification mail")?;
    Ok(())
}

/// Takes due mails of all tenants and puts each off by a delay that doubles with its attempts (5 s to 15 min): should
/// we die now, they come again.
pub async fn take_due(tx: &mut Tx, now: UnixMs, limit: i64) -> Result<Vec<DueMail>, StoreError> {
    lookup::as_job(tx, Job::Mail).await?;
    let rows: Vec<(Uuid, Uuid, Uuid, i64, i32)> = sqlx::query_as(
        "update console.mail_outbox
            set attempts = attempts + 1,
                next_ms = $1 + least(900000, 5000 * (1 << least(attempts, 8)))
          where (tenant_id, id) in (select tenant_id, id
                                      from console.mail_outbox
                                     where next_ms <= $1
                                     order by next_ms
                                     limit $2
                                       for update skip locked)
      returning id, tenant_id, person_id, created_ms, attempts",
    )
    .bind(ms(now))
    .bind(limit)
    .fetch_all(&mut **tx)
    .await
    .doing("taking due mails")?;
    let mail = |(id, tenant, person, created, attempts)| DueMail {
        id,
        tenant: TenantId::from_uuid(tenant),
        person: UserId::from_uuid(person),
        created: at(created),
        attempts,
    };
    Ok(rows.into_iter().map(mail).collect())
}

/// The mail was handed over, or is no longer owed.
pub async fn delete(tx: &mut TenantTx, id: Uuid) -> Result<(), StoreError> {
    sqlx::query("delete from console.mail_outbox where tenant_id = $1 and id = $2")
        .bind(tx.tenant().uuid())
        .bind(id)
        .execute(&mut **tx)
        .await
        .doing("striking off a mail")?;
    Ok(())
}
