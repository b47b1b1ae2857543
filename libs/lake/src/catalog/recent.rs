//! What a partition's last cuts stored.

use naru_postgres::Pool;
use naru_signal::Table;

use super::{SegmentRow, read::segment_row};
use crate::Error;

/// More than a partition's cuts of a few minutes hold of tenants.
const SEGMENTS_MAX: i64 = 10_000;
/// Between cuts, at most, and then some.
const CUT_MS: i64 = 120_000;

/// Segments of spans, of all tenants, that hold what was received within `span_ms` before the partition's newest commit;
/// newest first.
pub async fn spans_of_partition(pool: &Pool, partition: u16, span_ms: i64) -> Result<Vec<SegmentRow>, Error> {
    let rows = sqlx::query(
        "select tenant_id, project_id, holds, id, (day - date '1970-01-01') as day, partition, first_seq, last_seq,
                level, path, byte_offset, byte_length, row_count, min_start_ns, max_start_ns, sealed_key
           from lake.segment
          where partition = $1
            and holds = $2
            and created_at >= (select max(created_at) from lake.segment where partition = $1 and holds = $2)
                              - $3 * interval '1 millisecond'
          order by last_seq desc, id
          limit $4",
    )
    .bind(i32::from(partition))
    .bind(i16::from(Table::Spans.code()))
    .bind(span_ms.saturating_add(CUT_MS))
    .bind(SEGMENTS_MAX)
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("listing what was stored last"))?;
    rows.iter()
        .map(segment_row)
        .collect::<Result<_, sqlx::Error>>()
        .map_err(Error::catalog("reading segment rows"))
}
