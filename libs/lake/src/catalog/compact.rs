//! Compaction's rows: which segments may be merged with each other, and the swap of many for one.

use std::collections::BTreeSet;

use naru_ids::{ProjectId, TenantId};
use naru_postgres::Pool;
use naru_signal::Table;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::{
    SegmentRow,
    commit::{insert_segments, signed},
    erase, garbage, keys,
    read::{self, count, partition_number},
};
use crate::Error;

/// Segments of a pile that are looked at together; the oldest first.
const MEMBERS_MAX: i64 = 2_000;

/// What segments must have in common to be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PileKey {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub table: Table,
    /// Days since 1970 UTC.
    pub day: i32,
    pub partition: u16,
    pub level: i16,
}

/// Segments that lie on one pile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pile {
    pub key: PileKey,
    pub segments: u64,
    /// Since the oldest was committed, by Postgres's clock.
    pub age_s: u64,
}

/// Which segments count as lying on a pile.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Those this writer owns.
    pub partitions: &'a [u16],
    pub level: i16,
    /// Younger ones are left alone: readers may have asked the tail before they were committed.
    pub settled_s: u64,
    /// Segments with as many rows are large enough for ever.
    pub rows_below: u64,
    /// Piles of fewer are none: they lie there for months, and would hide all others.
    pub segments_least: u64,
    pub piles_max: u16,
}

/// The piles there are, the oldest first.
pub async fn piles(pool: &Pool, ask: &Ask<'_>) -> Result<Vec<Pile>, Error> {
    let partitions: Vec<i32> = ask.partitions.iter().map(|&partition| partition.into()).collect();
    let rows = sqlx::query(
        "select tenant_id, project_id, holds, (day - date '1970-01-01') as day, partition, level,
                count(*) as segments,
                greatest(extract(epoch from now() - min(created_at)), 0)::bigint as age_s
           from lake.segment
          where partition = any($1)
            and level = $2
            and level < 3
            and created_at <= now() - $3 * interval '1 second'
            and row_count < $4
          group by 1, 2, 3, 4, 5, 6
         having count(*) >= $5
          order by min(created_at)
          limit $6",
    )
    .bind(partitions)
    .bind(ask.level)
    .bind(signed(ask.settled_s))
    .bind(signed(ask.rows_below))
    .bind(signed(ask.segments_least))
    .bind(i64::from(ask.piles_max))
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("looking for segments to merge"))?;
    rows.iter().map(pile).collect::<Result<_, _>>().map_err(Error::catalog("looking for segments to merge"))
}

/// The segments of a pile, in the order they were committed.
pub async fn members(pool: &Pool, key: &PileKey, ask: &Ask<'_>) -> Result<Vec<SegmentRow>, Error> {
    let rows = sqlx::query(
        "select tenant_id, project_id, holds, id, (day - date '1970-01-01') as day, partition, first_seq, last_seq, level, path,
                byte_offset, byte_length, row_count, min_start_ns, max_start_ns, sealed_key
           from lake.segment
          where tenant_id = $1
            and project_id = $2
            and holds = $3
            and day = date '1970-01-01' + $4::integer
            and partition = $5
            and level = $6
            and created_at <= now() - $7 * interval '1 second'
            and row_count < $8
          order by first_seq, id
          limit $9",
    )
    .bind(key.tenant.uuid())
    .bind(key.project.uuid())
    .bind(i16::from(key.table.code()))
    .bind(key.day)
    .bind(i32::from(key.partition))
    .bind(key.level)
    .bind(signed(ask.settled_s))
    .bind(signed(ask.rows_below))
    .bind(MEMBERS_MAX)
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("listing segments to merge"))?;
    rows.iter()
        .map(read::segment_row)
        .collect::<Result<_, _>>()
        .map_err(Error::catalog("listing segments to merge"))
}

/// How a swap ended, when it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swapped {
    Done,
    /// Some input is no row any more, or the tenant's key is gone: another merge, retention, erasure or the tenant's end was
    /// first. Nothing was changed.
    Lost,
    /// It came so late that the new object counts as garbage. Nothing was changed.
    Collected,
}

/// Puts `outputs` in the place of `inputs`, all of one tenant, in one transaction: every reader sees either. Without any
/// output the inputs' rows were all erased.
///
/// After an error nobody knows whether it was applied. Nothing need be done: the next look at the piles tells.
pub async fn swap(pool: &Pool, inputs: &[SegmentRow], outputs: &[SegmentRow]) -> Result<Swapped, Error> {
    swap_and_mark(pool, inputs, outputs, &BTreeSet::new()).await
}

/// [`swap`] that takes rows away: the sums of these hours are stale from then on.
pub(super) async fn swap_and_mark(
    pool: &Pool,
    inputs: &[SegmentRow],
    outputs: &[SegmentRow],
    stale_hours_ns: &BTreeSet<i64>,
) -> Result<Swapped, Error> {
    let Some(first) = inputs.first() else { return Ok(Swapped::Lost) };
    let ids: Vec<Uuid> = inputs.iter().map(|row| row.id.uuid()).collect();
    let mut tx = pool.begin().await.map_err(Error::transaction("beginning a swap"))?;
    tx.set_tenant(first.tenant).await.map_err(Error::transaction("naming the tenant of a swap"))?;
    // Whoever forgets the tenant takes away the rows that it sees: these are there by then, or never will be.
    let has_key = keys::hold_any(&mut tx, first.tenant).await?;
    let gone = sqlx::query("delete from lake.segment where tenant_id = $1 and id = any($2)")
        .bind(first.tenant.uuid())
        .bind(ids)
        .execute(&mut *tx)
        .await
        .map_err(Error::catalog("taking away merged segments"))?;
    let swapped = if !has_key || gone.rows_affected() != inputs.len() as u64 {
        Swapped::Lost
    } else {
        insert_segments(&mut tx, outputs.iter()).await?;
        erase::mark(&mut tx, first, stale_hours_ns).await?;
        let paths: Vec<&str> = outputs.iter().map(|row| row.path.as_str()).collect();
        if garbage::save(&mut tx, &paths).await? { Swapped::Done } else { Swapped::Collected }
    };
    match swapped {
        Swapped::Done => tx.commit().await.map_err(Error::transaction("committing a swap"))?,
        Swapped::Lost | Swapped::Collected => {
            tx.rollback().await.map_err(Error::transaction("rolling back a swap"))?;
        }
    }
    Ok(swapped)
}

/// First and last sequence of what `inputs`, of one partition, become: it stands for all of theirs, so that a reader tells whether a tail
/// it asked before holds some of these rows, too.
#[must_use]
pub fn range<'a>(inputs: impl IntoIterator<Item = &'a SegmentRow>) -> Option<(u64, u64)> {
    let ranges = inputs.into_iter().map(|row| (row.first_seq, row.last_seq));
    ranges.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
}

fn pile(row: &PgRow) -> Result<Pile, sqlx::Error> {
    let code: i16 = row.try_get("holds")?;
    let table = u8::try_from(code).ok().and_then(Table::from_code);
    let key = PileKey {
        tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
        project: ProjectId::from_uuid(row.try_get("project_id")?),
        table: table.ok_or_else(|| sqlx::Error::Decode(format!("table {code} is not known").into()))?,
        day: row.try_get("day")?,
        partition: partition_number(row)?,
        level: row.try_get("level")?,
    };
    Ok(Pile { key, segments: count(row, "segments")?, age_s: count(row, "age_s")? })
}
