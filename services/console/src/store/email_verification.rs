//! Table `console.email_verification`: digests of the links in verification mails.

use naru_ids::{TenantId, UnixMs, UserId};
use uuid::Uuid;

use super::{
    Doing, StoreError, TenantTx, Tx,
    lookup::{self, Job, Lookup},
    ms,
    session::{Digest, hex},
};

/// Adds the link that a mail to `email` will carry.
pub async fn insert(
    tx: &mut TenantTx,
    digest: &Digest,
    person: UserId,
    email: &str,
    now: UnixMs,
    expires: UnixMs,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into console.email_verification (tenant_id, digest, person_id, email, created_ms, expires_ms)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tx.tenant().uuid())
    .bind(&digest[..])
    .bind(person.uuid())
    .bind(email)
    .bind(ms(now))
    .bind(ms(expires))
    .execute(&mut **tx)
    .await
    .doing("adding a verification link")?;
    Ok(())
}

/// Whose link is this? Says nothing of whether it still holds.
pub async fn tenant_of(tx: &mut Tx, digest: &Digest) -> Result<Option<TenantId>, StoreError> {
    lookup::by(tx, Lookup::Verification, &hex(digest)).await?;
    let row: Option<Uuid> =
        sqlx::query_scalar("select tenant_id from console.email_verification where digest = $1")
            .bind(&digest[..])
            .fetch_optional(&mut **tx)
            .await
            .doing("looking up a verification link")?;
    Ok(row.map(TenantId::from_uuid))
}

/// Uses a link that has not expired, and gives whose it was and which address it proves. A link used before proves
/// the same again: people click twice, and mail scanners click first.
pub async fn take(
    tx: &mut TenantTx,
    digest: &Digest,
    now: UnixMs,
) -> Result<Option<(UserId, String)>, StoreError> {
    let row: Option<(Uuid, String)> = sqlx::query_as(
        "update console.email_verification
            set used_ms = coalesce(used_ms, $3)
          where tenant_id = $1
            and digest = $2
            and expires_ms > $3
      returning person_id, email",
    )
    .bind(tx.tenant().uuid())
    .bind(&digest[..])
    .bind(ms(now))
    .fetch_optional(&mut **tx)
    .await
    .doing("using a verification link")?;
    Ok(row.map(|(person, email)| (UserId::from_uuid(person), email)))
}

/// Links that expired before `before`, at most `limit`, of all tenants.
pub async fn delete_ended(tx: &mut Tx, before: UnixMs, limit: i64) -> Result<u64, StoreError> {
    lookup::as_job(tx, Job::Expire).await?;
    let done = sqlx::query(
        "delete from console.email_verification
          where digest in (select digest
                             from console.email_verification
                            where expires_ms < $1
                            limit $2)",
    )
    .bind(ms(before))
    .bind(limit)
    .execute(&mut **tx)
    .await
    .doing("deleting ended verification links")?;
    Ok(done.rows_affected())
}
