//! What a partition's last cuts stored.

use naru_postgres::Pool;
use naru_signal::Table;

use super::{SegmentRow, read::segment_row};
use crate::Error;

/// More than a partition's cuts of a few minutes hold of tenants.
const SEGMENTS_MAX: i64 = 10_000;

/// Segments with what came last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recent {
    /// Newest first.
    pub segments: Vec<SegmentRow>,
    /// When the bus stored the newest pack that is committed, unix ms.
    pub newest_ms: i64,
    /// False when there are more segments than are listed here.
    pub is_whole: bool,
}

/// Segments of spans, of all tenants, that may hold what the bus stored within `span_ms` before the newest pack that is
/// committed.
///
/// Which cuts these are is known from the entries' ids, that have their cut's time and are kept for an hour of the stream; which
/// segments, merged or not, from the sequences. The time a row was written says nothing: merges write old rows anew, and a
/// writer that has fallen behind commits minutes of the stream in a moment, or a moment in minutes.
pub async fn spans_of_partition(pool: &Pool, partition: u16, span_ms: i64) -> Result<Recent, Error> {
    let cuts: Option<(i64, i64)> = sqlx::query_as(
        "with cut as (
             select seq, coalesce(stream_at, committed_at) as at from lake.entry where partition = $1)
         select min(cut.seq), (extract(epoch from newest.at) * 1000)::bigint
           from cut, (select max(at) as at from cut) as newest
          where cut.at >= newest.at - $2 * interval '1 millisecond'
          group by newest.at",
    )
    .bind(i32::from(partition))
    .bind(span_ms)
    .fetch_optional(pool.executor())
    .await
    .map_err(Error::catalog("asking when a partition stored what"))?;
    let Some((first_seq, newest_ms)) = cuts else {
        return Ok(Recent { is_whole: true, ..Recent::default() });
    };
    let rows = sqlx::query(
        "select tenant_id, project_id, holds, id, (day - date '1970-01-01') as day, partition, first_seq, last_seq,
                level, path, byte_offset, byte_length, row_count, min_start_ns, max_start_ns, sealed_key
           from lake.segment
          where partition = $1
            and holds = $2
            and last_seq >= $3
          order by last_seq desc, first_seq desc, id
          limit $4",
    )
    .bind(i32::from(partition))
    .bind(i16::from(Table::Spans.code()))
    .bind(first_seq)
    .bind(SEGMENTS_MAX + 1)
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("listing what was stored last"))?;
    let mut segments = rows
        .iter()
        .map(segment_row)
        .collect::<Result<Vec<_>, sqlx::Error>>()
        .map_err(Error::catalog("reading segment rows"))?;
    let is_whole = segments.len() as u64 <= SEGMENTS_MAX.unsigned_abs();
    segments.truncate(usize::try_from(SEGMENTS_MAX).unwrap_or(usize::MAX));
    Ok(Recent { segments, newest_ms, is_whole })
}
