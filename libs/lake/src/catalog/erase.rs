//! Erasure's rows: a swap that says which sums are stale from then on, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet};

use naru_ids::ProjectId;
use naru_postgres::{Pool, TenantTx, Tx};
use naru_signal::Table;

use super::{
    SegmentRow,
    compact::{Swapped, swap_and_mark},
};
use crate::Error;

const DAY_NS: i64 = 86_400_000_000_000;
/// Hours marked so long ago are settled: whatever a writer still held of calls that were erased, it has committed.
const SETTLED_S: i32 = 300;

/// Stale hours of a project, each by its beginning in unix ns, and how often it was marked.
pub type Stale = BTreeMap<i64, i32>;

/// Puts `output` in the place of `input`, which lost rows of these hours, and marks their sums as stale; all in one
/// transaction.
pub async fn swap(
    pool: &Pool,
    input: &SegmentRow,
    output: Option<&SegmentRow>,
    hours_ns: &BTreeSet<i64>,
) -> Result<Swapped, Error> {
    let outputs = output.map_or(&[][..], std::slice::from_ref);
    swap_and_mark(pool, std::slice::from_ref(input), outputs, hours_ns).await
}

/// Part of a swap, under its tenant.
pub(super) async fn mark(tx: &mut Tx, row: &SegmentRow, hours_ns: &BTreeSet<i64>) -> Result<(), Error> {
    if hours_ns.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into lake.stale_rollup (tenant_id, project_id, hour_ns)
         select $1, $2, hour_ns
           from unnest($3::bigint[]) as stale (hour_ns)
         on conflict (tenant_id, project_id, hour_ns)
         do update set marks = stale_rollup.marks + 1, marked_at = clock_timestamp()",
    )
    .bind(row.tenant.uuid())
    .bind(row.project.uuid())
    .bind(hours_ns.iter().copied().collect::<Vec<_>>())
    .execute(&mut **tx)
    .await
    .map_err(Error::catalog("marking sums as stale"))?;
    Ok(())
}

/// Hours whose sums still count erased rows and can be counted anew: those of UTC days from `first_day` (since 1970) on.
///
/// Marks of earlier hours are deleted. Their spans are past retention, and counted from none, the hour's sums would be lost.
pub async fn stale(tx: &mut TenantTx, project: ProjectId, first_day: i32) -> Result<Stale, Error> {
    sqlx::query(
        "delete from lake.stale_rollup
          where tenant_id = $1
            and project_id = $2
            and hour_ns < $3",
    )
    .bind(tx.tenant().uuid())
    .bind(project.uuid())
    .bind(i64::from(first_day).saturating_mul(DAY_NS))
    .execute(&mut **tx)
    .await
    .map_err(Error::catalog("unmarking sums past their spans"))?;
    let rows: Vec<(i64, i32)> = sqlx::query_as(
        "select hour_ns, marks
           from lake.stale_rollup
          where tenant_id = $1
            and project_id = $2
          order by hour_ns",
    )
    .bind(tx.tenant().uuid())
    .bind(project.uuid())
    .fetch_all(&mut **tx)
    .await
    .map_err(Error::catalog("reading which sums are stale"))?;
    Ok(rows.into_iter().collect())
}

/// The sums of these hours were counted anew. Those that were marked again meanwhile stay, as do young ones: a call that
/// was erased may still be waiting for its answer in a writer, whose next cut then takes off what is not there.
pub async fn settle(tx: &mut TenantTx, project: ProjectId, anew: &Stale) -> Result<(), Error> {
    sqlx::query(
        "delete from lake.stale_rollup
          using unnest($3::bigint[], $4::integer[]) as anew (hour_ns, marks)
          where tenant_id = $1
            and project_id = $2
            and stale_rollup.hour_ns = anew.hour_ns
            and stale_rollup.marks = anew.marks
            and marked_at < now() - $5 * interval '1 second'",
    )
    .bind(tx.tenant().uuid())
    .bind(project.uuid())
    .bind(anew.keys().copied().collect::<Vec<_>>())
    .bind(anew.values().copied().collect::<Vec<_>>())
    .bind(f64::from(SETTLED_S))
    .execute(&mut **tx)
    .await
    .map_err(Error::catalog("settling sums"))?;
    Ok(())
}

/// The first UTC day (since 1970) that the project still has spans of; what was before is past retention.
pub async fn first_day_of_spans(tx: &mut TenantTx, project: ProjectId) -> Result<Option<i32>, Error> {
    let (day,): (Option<i32>,) = sqlx::query_as(
        "select min(day) - date '1970-01-01'
           from lake.segment
          where tenant_id = $1
            and project_id = $2
            and holds = $3",
    )
    .bind(tx.tenant().uuid())
    .bind(project.uuid())
    .bind(i16::from(Table::Spans.code()))
    .fetch_one(&mut **tx)
    .await
    .map_err(Error::catalog("looking for a project's first day"))?;
    Ok(day)
}
