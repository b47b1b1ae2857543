//! What time takes away: old entry ids, segments past retention.

use naru_postgres::Pool;

use super::commit::{ENTRY_MEMORY_S, signed};
use crate::Error;

/// Rows deleted per statement: a long pause leaves a lot, and one huge delete would hold locks and bloat.
const DELETE_ROWS_MAX: i64 = 20_000;

/// Forgets entry ids past their hour. Answers how many; call again while it is not zero.
pub async fn entries(pool: &Pool) -> Result<u64, Error> {
    let done = sqlx::query(
        "delete from lake.entry
          where (partition, id) in (
                select partition, id
                  from lake.entry
                 where committed_at < now() - $1 * interval '1 second'
                 limit $2)",
    )
    .bind(signed(ENTRY_MEMORY_S))
    .bind(DELETE_ROWS_MAX)
    .execute(pool.executor())
    .await
    .map_err(Error::catalog("forgetting old entry ids"))?;
    Ok(done.rows_affected())
}

/// Drops catalog rows of days before the last `retention_days`, of all tenants. Their objects become garbage once no
/// other row points to them. Answers how many; call again while it is not zero.
pub async fn segments(pool: &Pool, retention_days: u32) -> Result<u64, Error> {
    let done = sqlx::query(
        "delete from lake.segment
          where (tenant_id, id) in (
                select tenant_id, id
                  from lake.segment
                 where day < (now() at time zone 'utc')::date - $1::integer
                 limit $2)",
    )
    .bind(i32::try_from(retention_days).unwrap_or(i32::MAX))
    .bind(DELETE_ROWS_MAX)
    .execute(pool.executor())
    .await
    .map_err(Error::catalog("dropping segments past retention"))?;
    Ok(done.rows_affected())
}

/// Drops quarantine rows made before the last `retention_days`.
pub async fn quarantined(pool: &Pool, retention_days: u32) -> Result<u64, Error> {
    let done =
        sqlx::query("delete from lake.quarantine where created_at < now() - $1::integer * interval '1 day'")
            .bind(i32::try_from(retention_days).unwrap_or(i32::MAX))
            .execute(pool.executor())
            .await
            .map_err(Error::catalog("dropping quarantined entries past retention"))?;
    Ok(done.rows_affected())
}
