//! What a new owner must know of what was counted before: names within the caps, and calls whose other end may yet come.

use std::{pin::pin, sync::Arc};

use arrow::{
    array::{AsArray, BooleanArray, Int64Array, RecordBatch},
    compute::filter_record_batch,
    datatypes::Int64Type,
};
use futures::{StreamExt, stream};
use naru_lake::{
    Error,
    catalog::{SegmentRow, names, recent},
    segment::{self, ExtentReader},
};
use naru_telemetry::chain;
use tracing::warn;

use super::Ended;
use crate::{
    app::App,
    summarize::{CALL_COLUMNS, KEPT_MS},
    tail::Summaries,
};

/// Spans looked at, newest segments first: a takeover must not take longer than its partition's lease, nor much memory.
const SPANS_MAX: u64 = 500_000;
/// A bucket takes its time for each.
const READS_AT_ONCE: usize = 16;

/// Summaries of nothing, which go on where the last owner's commit ended.
pub(super) async fn summaries(app: &Arc<App>, partition: u16) -> Result<Summaries, Ended> {
    let mut summaries = Summaries::new(app.apdex_ns, Arc::clone(&app.waiting));
    summaries.recall(&names::of_partition(&app.pool, partition).await?);
    let mut spans = 0;
    let rows = recent::spans_of_partition(&app.pool, partition, KEPT_MS).await?.into_iter();
    let rows = rows.take_while(|row| {
        spans += row.rows;
        spans <= SPANS_MAX
    });
    let reading = |row: SegmentRow| {
        let app = Arc::clone(app);
        async move { (read(&app, &row).await, row) }
    };
    let mut newest_ms = i64::MIN;
    let mut segments = pin!(stream::iter(rows).map(reading).buffered(READS_AT_ONCE));
    while let Some((batches, row)) = segments.next().await {
        // A segment that cannot be read must not stop a partition: without it some calls go to where their spans say.
        match batches {
            Ok(batches) => {
                for batch in batches {
                    newest_ms = newest_ms.max(arrow::compute::max(received_ms(&batch)).unwrap_or(newest_ms));
                    let young = young(&batch, newest_ms.saturating_sub(KEPT_MS))?;
                    summaries.remember(row.tenant, row.project, &young);
                }
            }
            Err(error) => {
                warn!(
                    partition, path = %row.path, error = %chain(&error),
                    "calls of the last minutes may stay without their answers: a segment was not read"
                );
                // Neither would be the others, each after a long time of trying.
                if error.is_away() {
                    break;
                }
            }
        }
    }
    Ok(summaries)
}

fn young(batch: &RecordBatch, oldest_ms: i64) -> Result<RecordBatch, Error> {
    let at_ms = received_ms(batch).iter();
    let young: BooleanArray = at_ms.map(|at_ms| at_ms.map(|at_ms| at_ms >= oldest_ms)).collect();
    filter_record_batch(batch, &young).map_err(Error::Sort)
}

async fn read(app: &App, row: &SegmentRow) -> Result<Vec<RecordBatch>, Error> {
    // Without its key a tenant's rows are gone on purpose: then there is nothing to go on with.
    let Some(key) = app.cutter.keys.get(row.tenant).await? else { return Ok(Vec::new()) };
    let reader = ExtentReader::of(app.cutter.store.reader(), row, &key)?;
    segment::read_columns(&reader, row.table, &CALL_COLUMNS).await
}

fn received_ms(batch: &RecordBatch) -> &Int64Array {
    batch.column_by_name("received_ms").expect("it was asked for").as_primitive::<Int64Type>()
}
