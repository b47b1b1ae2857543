//! What time takes away: old entry ids, segments past retention.

use naru_postgres::Pool;
use naru_signal::Table;

use super::{
    commit::{ENTRY_MEMORY_S, signed},
    retention::{Defaults, kept_like},
};
use crate::Error;

/// Rows deleted per statement: a long pause leaves a lot, and one huge delete would hold locks and bloat.
const DELETE_ROWS_MAX: i64 = 20_000;

/// Forgets entry ids past their hour, which is the stream's: of a partition that nobody reads, none. Answers how many;
/// call again while it is not zero.
pub async fn entries(pool: &Pool) -> Result<u64, Error> {
    let done = sqlx::query(
        "delete from lake.entry
          where (partition, id) in (
                select old.partition, old.id
                  from lake.partition
                 cross join lateral (
                       select max(stream_at) as stream_at
                         from lake.entry
                        where entry.partition = partition.partition) as newest
                  join lake.entry as old
                    on old.partition = partition.partition
                   and old.stream_at < newest.stream_at - $1 * interval '1 second'
                 union all
                select partition, id
                  from lake.entry
                 where stream_at is null
                   and committed_at < now() - $1 * interval '1 second'
                 limit $2)",
    )
    .bind(signed(ENTRY_MEMORY_S))
    .bind(DELETE_ROWS_MAX)
    .execute(pool.executor())
    .await
    .map_err(Error::catalog("forgetting old entry ids"))?;
    Ok(done.rows_affected())
}

/// Drops catalog rows of days before those that are kept, of all tenants: `defaults`, or what `lake.retention` says. Their
/// objects become garbage once no other row points to them. Answers how many; call again while it is not zero.
pub async fn segments(pool: &Pool, defaults: Defaults) -> Result<u64, Error> {
    let code = |table: Table| i16::from(table.code());
    let days = |table| i32::try_from(defaults.days(table)).unwrap_or(i32::MAX);
    let done = sqlx::query(
        "delete from lake.segment
          where (tenant_id, id) in (
                select segment.tenant_id, segment.id
                  from lake.segment
                  join unnest($1::smallint[], $2::smallint[], $3::integer[]) as usual (holds, kept_like, days)
                    on usual.holds = segment.holds
                  left join lake.retention
                    on retention.tenant_id = segment.tenant_id
                   and retention.holds = usual.kept_like
                 where segment.day < (now() at time zone 'utc')::date - coalesce(retention.days, usual.days)
                 limit $4)",
    )
    .bind(Table::ALL.map(code).to_vec())
    .bind(Table::ALL.map(|table| code(kept_like(table))).to_vec())
    .bind(Table::ALL.map(days).to_vec())
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
