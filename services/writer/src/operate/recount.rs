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
    rollup::Grain,
    schema,
    seal::TenantKey,
    segment::{ExtentReader, SegmentRows},
    store::Store,
};
use naru_signal::{Signal, Table};

use crate::summarize::{Frozen, Project};

/// What rows of one project add up to.
#[derive(Debug)]
pub(super) struct Recount {
    project: Project,
}

impl Recount {
    /// `apdex_ns` is T as it was when the rows came; `names` say which have sums of their own, and when they had none.
    pub(super) fn new(tenant: TenantId, apdex_ns: u64, names: &Names) -> Self {
        let mut project = Project::recounting(tenant, apdex_ns);
        names.names.iter().for_each(|row| project.recall(row));
        names.full.iter().for_each(|row| project.recall_full(row));
        Self { project }
    }

    /// Which rows must be read for sums of this range (unix ns): a call may be counted within, and its answer begin after.
    pub(super) fn around(range: Range<i64>) -> Range<i64> {
        range.start.saturating_sub(Grain::Hour.ns())..range.end.saturating_add(Grain::Hour.ns())
    }

    /// From when on sums can be counted of rows that begin here: those of [`Self::around`] are there.
    pub(super) fn around_after(rows_from_ns: i64) -> i64 {
        rows_from_ns.saturating_add(Grain::Hour.ns())
    }

    /// Counts the rows of a segment within `range`, unix ns.
    pub(super) async fn read(
        &mut self,
        store: &Store,
        row: &SegmentRow,
        key: &TenantKey,
        range: &Range<i64>,
    ) -> Result<(), Error> {
        let signal = match row.table {
            Table::Spans => Signal::Traces,
            Table::LogRecords => Signal::Logs,
            _ => return Ok(()),
        };
        let mut rows = SegmentRows::open(&ExtentReader::of(store.reader(), row, key)?, row.table).await?;
        while let Some(batch) = rows.next().await? {
            self.project.count(signal, &within(row.table, batch, range)?);
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Frozen {
        self.project.take().0
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
