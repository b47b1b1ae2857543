//! What a new owner must know of what was counted before: names within the caps, and calls whose other end may yet come.
//!
//! These are read back from the segments: spans received within the time that ends wait for each other, the newest first where
//! not all can be read, and in the order they came.

mod pieces;

use std::{pin::pin, sync::Arc};

use arrow::{
    array::{AsArray, BooleanArray, RecordBatch},
    compute::filter_record_batch,
    datatypes::{Int64Type, UInt8Type},
};
use futures::{Stream, StreamExt, stream};
use naru_lake::{
    Error,
    catalog::{SegmentRow, names, recent},
    segment::{ExtentReader, GroupColumns, row_group_rows},
};
use naru_signal::{SpanKind, Table};
use naru_telemetry::chain;
use tracing::warn;

use super::Ended;
use crate::{
    app::App,
    summarize::{CALL_COLUMNS, KEPT_MS},
    tail::Summaries,
};
use pieces::{Chosen, Piece};

/// Spans looked at: their calls fill the waiting room several times over, and reading them takes a second or two, during
/// which nobody serves the partition.
const SPANS_MAX: u64 = 2_000_000;
/// A gateway's clock may be so far behind the bus's.
const SKEW_MS: i64 = 60_000;
/// A bucket takes its time for each. Each holds the calls of a row group.
const READS_AT_ONCE: usize = 8;

/// Summaries of nothing, which go on where the last owner's commit ended.
pub(super) async fn summaries(app: &Arc<App>, partition: u16) -> Result<Summaries, Ended> {
    let mut summaries = Summaries::new(app.apdex_ns, Arc::clone(&app.waiting), Arc::clone(&app.kept));
    summaries.recall(&names::of_partition(&app.pool, partition).await?);
    let recent = recent::spans_of_partition(&app.pool, partition, KEPT_MS + SKEW_MS).await?;
    let oldest_ms = recent.newest_ms.saturating_sub(KEPT_MS + SKEW_MS);
    let Chosen { pieces, left_rows } =
        pieces::newest(survey(app, recent.segments, oldest_ms).await, SPANS_MAX);
    if left_rows > 0 || !recent.is_whole {
        metrics::counter!("writer_recall_spans_left_total").increment(left_rows);
        warn!(
            partition,
            spans = left_rows,
            "calls of the last minutes may stay without their answers: {left_rows} spans are not read again"
        );
    }
    let reading = |piece: Piece| async move { (ends(app, &piece, oldest_ms).await, piece.row) };
    // Those that came first, first: whoever comes last leaves the waiting room last.
    let mut read = pin!(stream::iter(pieces.into_iter().rev()).map(reading).buffered(READS_AT_ONCE));
    while let Some((row, batches)) = next_read(&mut read).await {
        batches.iter().for_each(|batch| summaries.remember(row.tenant, row.project, batch));
    }
    Ok(summaries)
}

/// What there is to read of these segments; those that cannot be looked at are left out.
async fn survey(app: &Arc<App>, segments: Vec<SegmentRow>, oldest_ms: i64) -> Vec<Piece> {
    let looking = |row: SegmentRow| async move { (look(app, &row, oldest_ms).await, row) };
    let mut looks = pin!(stream::iter(segments).map(looking).buffered(READS_AT_ONCE));
    let mut all = Vec::new();
    while let Some((_, pieces)) = next_read(&mut looks).await {
        all.extend(pieces);
    }
    all
}

/// The next that was read. A segment that cannot be must not stop a partition: without it some calls go to where their spans
/// say. Ends early when objects are away: the others would be, too, each after a long time of trying.
async fn next_read<T: Default>(
    read: &mut (impl Stream<Item = (Result<T, Error>, SegmentRow)> + Unpin),
) -> Option<(SegmentRow, T)> {
    let (read, row) = read.next().await?;
    match read {
        Ok(read) => Some((row, read)),
        Err(error) => {
            warn!(
                partition = row.partition, path = %row.path, error = %chain(&error),
                "calls of the last minutes may stay without their answers: a segment was not read"
            );
            (!error.is_away()).then(|| (row, T::default()))
        }
    }
}

/// Where in a segment rows received since `oldest_ms` may be. One as small as a row group is not looked into.
async fn look(app: &App, row: &SegmentRow, oldest_ms: i64) -> Result<Vec<Piece>, Error> {
    if row.rows <= row_group_rows(Table::Spans) {
        return Ok(vec![Piece { row: row.clone(), group: None, rows: row.rows }]);
    }
    let Some(extent) = extent(app, row).await? else { return Ok(Vec::new()) };
    let footer = extent.footer(&extent.head().await?).await?;
    let groups = footer.received_since(oldest_ms).into_iter();
    Ok(groups.map(|group| Piece { row: row.clone(), group: Some(group.number), rows: group.rows }).collect())
}

/// Ends of calls that were received since `oldest_ms`, with the columns that say who calls whom.
async fn ends(app: &App, piece: &Piece, oldest_ms: i64) -> Result<Vec<RecordBatch>, Error> {
    let Some(extent) = extent(app, &piece.row).await? else { return Ok(Vec::new()) };
    let groups = piece.group.map(|group| vec![group]);
    let mut rows = GroupColumns::open(&extent, Table::Spans, &CALL_COLUMNS, groups).await?;
    let mut ends = Vec::new();
    while let Some(batch) = rows.next().await? {
        ends.push(young_ends(&batch, oldest_ms)?);
    }
    Ok(ends)
}

/// `None` without the tenant's key: then its rows are gone on purpose, and there is nothing to go on with.
async fn extent(app: &App, row: &SegmentRow) -> Result<Option<ExtentReader>, Error> {
    let Some(key) = app.cutter.keys.get(row.tenant).await? else { return Ok(None) };
    ExtentReader::of(app.cutter.store.reader(), row, &key).map(Some)
}

fn young_ends(batch: &RecordBatch, oldest_ms: i64) -> Result<RecordBatch, Error> {
    let received_ms = batch["received_ms"].as_primitive::<Int64Type>().values().iter();
    let kinds = batch["kind"].as_primitive::<UInt8Type>().values().iter();
    let is_end = |kind: u8| !matches!(SpanKind::from_code(kind), SpanKind::Internal | SpanKind::Unspecified);
    let wanted: BooleanArray =
        received_ms.zip(kinds).map(|(&at_ms, &kind)| Some(at_ms >= oldest_ms && is_end(kind))).collect();
    filter_record_batch(batch, &wanted).map_err(Error::Sort)
}
