//! Table `console.hand_over`: one-time codes that carry a session from the console to a tenant's host.

use naru_ids::UnixMs;

use super::{
    Doing, StoreError, TenantTx, Tx, at,
    lookup::{self, Job},
    ms,
    session::Digest,
};

#[derive(Debug)]
pub struct NewHandOver<'a> {
    pub digest: Digest,
    /// The console session that is carried over.
    pub session: Digest,
    pub host: &'a str,
    /// SHA-256 of the nonce cookie that the tenant's host has set in this browser.
    pub nonce: Digest,
    pub created: UnixMs,
    /// At most 60 s later; the table checks it.
    pub expires: UnixMs,
}

/// A code that was just used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedHandOver {
    pub session: Digest,
    pub host: String,
    pub nonce: Digest,
    pub expires: UnixMs,
}

pub async fn insert(tx: &mut TenantTx, code: &NewHandOver<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into console.hand_over
                (tenant_id, digest, session_digest, host, nonce_digest, created_ms, expires_ms)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tx.tenant().uuid())
    .bind(&code.digest[..])
    .bind(&code.session[..])
    .bind(code.host)
    .bind(&code.nonce[..])
    .bind(ms(code.created))
    .bind(ms(code.expires))
    .execute(&mut **tx)
    .await
    .doing("adding a hand-over code")?;
    Ok(())
}

/// Uses the code up, whoever shows it: a code that was shown to the wrong host or browser has leaked and must not
/// work later. `None` = unknown, or used before.
pub async fn take(
    tx: &mut TenantTx,
    digest: &Digest,
    now: UnixMs,
) -> Result<Option<UsedHandOver>, StoreError> {
    let row: Option<(Vec<u8>, String, Vec<u8>, i64)> = sqlx::query_as(
        "update console.hand_over
            set used_ms = $3
          where tenant_id = $1
            and digest = $2
            and used_ms is null
      returning session_digest, host, nonce_digest, expires_ms",
    )
    .bind(tx.tenant().uuid())
    .bind(&digest[..])
    .bind(ms(now))
    .fetch_optional(&mut **tx)
    .await
    .doing("using a hand-over code")?;
    let Some((session, host, nonce, expires)) = row else { return Ok(None) };
    let digest = |bytes: Vec<u8>, what| {
        Digest::try_from(bytes)
            .map_err(|bytes| StoreError::Row { what, value: format!("{} bytes", bytes.len()) })
    };
    Ok(Some(UsedHandOver {
        session: digest(session, "session_digest")?,
        host,
        nonce: digest(nonce, "nonce_digest")?,
        expires: at(expires),
    }))
}

/// Codes that expired before `before`, at most `limit`, of all tenants.
pub async fn delete_ended(tx: &mut Tx, before: UnixMs, limit: i64) -> Result<u64, StoreError> {
    lookup::as_job(tx, Job::Expire).await?;
    let done = sqlx::query(
        "delete from console.hand_over
          where (tenant_id, digest) in (select tenant_id, digest
                                          from console.hand_over
                                         where expires_ms < $1
                                         limit $2)",
    )
    .bind(ms(before))
    .bind(limit)
    .execute(&mut **tx)
    .await
    .doing("deleting ended hand-over codes")?;
    Ok(done.rows_affected())
}
