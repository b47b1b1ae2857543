//! Counting stored rows again: to prove sums, and to make them anew.

use std::ops::Range;

use arrow::{
    array::{AsArray, BooleanArray, RecordBatch},
    compute::filter_record_batch,
    datatypes::Int64Type,
};
use naru_ids::TenantId;
use naru_lake::{
    Error,
    catalog::{SegmentRow, names::Names},
    rollup::{Grain, Kind, Sums},
    schema,
    seal::TenantKey,
    segment::{ExtentReader, SegmentRows},
    store::Store,
};
use naru_signal::{Signal, Table};

use crate::summarize::{Frozen, Project, Share};

/// Spans whose calls are held in memory at once: some hundreds of MB. Of more, rows are read again for each share.
const SPANS_MAX: u64 = 8_000_000;

/// How rows of one project are counted.
#[derive(Debug)]
pub(super) struct Recount<'a> {
    pub(super) tenant: TenantId,
    /// T as it was when the rows came.
    pub(super) apdex_ns: u64,
    /// Which have sums of their own, and when they had none.
    pub(super) names: &'a Names,
    pub(super) key: &'a TenantKey,
    /// Of [`Recount::around`] the range that is wanted.
    pub(super) around: Range<i64>,
}

/// What rows of one project add up to, in several parts.
#[derive(Debug)]
pub(super) struct Recounted(Vec<Frozen>);

impl Recounted {
    /// Those that `wants` by kind and bucket, in buckets of `grain`.
    pub(super) fn add_to(&self, sums: &mut Sums, grain: Grain, wants: impl Fn(Kind, i64) -> bool) {
        self.0.iter().for_each(|part| part.add_to(sums, grain, &wants));
    }
}

impl Recount<'_> {
    /// Counts the rows of these segments; sums among them are passed over.
    pub(super) async fn of(&self, store: &Store, segments: &[SegmentRow]) -> Result<Recounted, Error> {
        let spans = segments.iter().filter(|row| row.table == Table::Spans).map(|row| row.rows).sum();
        let mut parts = Vec::new();
        for share in Share::each(spans, SPANS_MAX) {
            let mut project = Project::recounting(self.tenant, self.apdex_ns, share);
            self.names.names.iter().for_each(|row| project.recall(row));
            self.names.full.iter().for_each(|row| project.recall_full(row));
            // Only calls are shared out.
            for row in segments.iter().filter(|row| row.table == Table::Spans || share.is_first()) {
                self.read(&mut project, store, row).await?;
            }
            parts.push(project.take().0);
        }
        Ok(Recounted(parts))
    }

    /// Which rows must be read for sums of this range (unix ns): a call may be counted within, and its answer begin after.
    pub(super) fn around(range: Range<i64>) -> Range<i64> {
        range.start.saturating_sub(Grain::Hour.ns())..range.end.saturating_add(Grain::Hour.ns())
    }

    /// From when on sums can be counted of rows that begin here: those of [`Self::around`] are there.
    pub(super) fn around_after(rows_from_ns: i64) -> i64 {
        rows_from_ns.saturating_add(Grain::Hour.ns())
    }

    async fn read(&self, project: &mut Project, store: &Store, row: &SegmentRow) -> Result<(), Error> {
        let signal = match row.table {
            Table::Spans => Signal::Traces,
            Table::LogRecords => Signal::Logs,
            _ => return Ok(()),
        };
        let mut rows =
            SegmentRows::open(&ExtentReader::of(store.reader(), row, self.key)?, row.table).await?;
        while let Some(batch) = rows.next().await? {
            project.recount(signal, &within(row.table, batch, &self.around)?);
        }
        Ok(())
    }
}

fn within(table: Table, batch: RecordBatch, range: &Range<i64>) -> Result<RecordBatch, Error> {
    let times = batch[schema::time_column(table)].as_primitive::<Int64Type>();
    let wanted: BooleanArray = times.values().iter().map(|at_ns| Some(range.contains(at_ns))).collect();
    if wanted.true_count() == wanted.len() {
        return Ok(batch);
    }
    filter_record_batch(&batch, &wanted).map_err(Error::Sort)
}
