//! Rollups of a range: stored ones, and those of the live tail.
//!
//! Read around DataFusion: what a dashboard asks is always the same, and planning costs more than reading.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::execution::memory_pool::MemoryReservation;
use futures::{StreamExt, TryStreamExt, stream};
use naru_lake::{
    catalog::SegmentRow,
    rollup::{
        DecodeError, Grain, Kind, Row,
        rows::{KEY_COLUMNS, Rows},
    },
};
use naru_signal::Table;
use naru_writer_api::TailTicket;

use super::{
    Incomplete, Lake, ScanError,
    view::{View, Wanted},
};
use crate::{parse::TimeRange, plan::TenantScope};

/// Segments read at a time: each waits for the disk.
const READ_AT_ONCE: usize = 8;

/// What is read.
#[derive(Debug, Clone)]
pub(crate) struct RollupAsk {
    pub(crate) kinds: &'static [Kind],
    pub(crate) grain: Grain,
    /// Whole buckets of `grain`; see [`TimeRange::in_buckets`].
    pub(crate) range: TimeRange,
    /// Beside the key.
    pub(crate) columns: &'static [&'static str],
}

/// Rows, not merged: one key may come often.
#[derive(Debug)]
pub(crate) struct Rollups {
    ask: RollupAsk,
    batches: Vec<RecordBatch>,
    /// Accounts for `batches` for as long as they are held.
    _memory: MemoryReservation,
    pub(crate) incomplete: Vec<Incomplete>,
}

impl Rollups {
    /// Shows each row of the asked kinds and range with the bucket it belongs to (unix ns).
    pub(crate) fn each(
        &self,
        mut show: impl FnMut(Kind, i64, &Row<'_>) -> Result<(), DecodeError>,
    ) -> Result<(), ScanError> {
        self.batches.iter().try_for_each(|batch| self.ask.each_of(batch, &mut show))
    }
}

impl RollupAsk {
    fn each_of(
        &self,
        batch: &RecordBatch,
        show: &mut impl FnMut(Kind, i64, &Row<'_>) -> Result<(), DecodeError>,
    ) -> Result<(), ScanError> {
        let rows = Rows::of(batch).ok_or(ScanError::Column { column: "kind" })?;
        for (kind, row) in rows.of_kinds(self.kinds) {
            let at_ns = self.grain.floor(row.at_ns());
            if (self.range.from_ns..self.range.to_ns).contains(&at_ns) {
                show(kind, at_ns, &row).map_err(ScanError::Rollup)?;
            }
        }
        Ok(())
    }

    fn columns(&self) -> Vec<&'static str> {
        KEY_COLUMNS.iter().chain(self.columns).copied().collect()
    }
}

impl Lake {
    /// Reads rollups of a project, with the same view of catalog and tail as every list.
    pub(crate) async fn rollups(&self, scope: &TenantScope, ask: RollupAsk) -> Result<Rollups, ScanError> {
        let view = self.rollup_view(scope, &ask).await?;
        let mut batches = view.tail;
        if !view.segments.is_empty() {
            let (key, columns) = (self.key(scope).await?, ask.columns());
            let read = |segment: Arc<SegmentRow>| {
                let (key, columns) = (&key, &columns);
                async move { self.readers.rollups(&segment, key, columns).await }
            };
            let stored: Vec<Arc<Vec<RecordBatch>>> =
                stream::iter(view.segments).map(read).buffered(READ_AT_ONCE).try_collect().await?;
            for batch in stored.iter().flat_map(|batches| batches.iter()) {
                let bytes = batch.get_array_memory_size();
                view.memory.try_grow(bytes).map_err(|_| ScanError::TooLarge)?;
                batches.push(batch.clone());
            }
        }
        Ok(Rollups { ask, batches, _memory: view.memory, incomplete: view.incomplete })
    }

    /// As [`Rollups::each`], of more than there is memory for: a segment at a time.
    pub(crate) async fn each_rollup(
        &self,
        scope: &TenantScope,
        ask: &RollupAsk,
        mut show: impl FnMut(Kind, i64, &Row<'_>) -> Result<(), DecodeError>,
    ) -> Result<Vec<Incomplete>, ScanError> {
        let view = self.rollup_view(scope, ask).await?;
        view.tail.iter().try_for_each(|batch| ask.each_of(batch, &mut show))?;
        if !view.segments.is_empty() {
            let (key, columns) = (self.key(scope).await?, ask.columns());
            for segment in view.segments {
                let stored = self.readers.rollups(&segment, &key, &columns).await?;
                stored.iter().try_for_each(|batch| ask.each_of(batch, &mut show))?;
            }
        }
        Ok(view.incomplete)
    }

    async fn rollup_view(&self, scope: &TenantScope, ask: &RollupAsk) -> Result<View, ScanError> {
        let wanted = Wanted {
            tables: vec![ask.grain.table(), Table::RollupDeltas],
            range: ask.range,
            ticket: TailTicket {
                v: 1,
                tenant: scope.tenant(),
                project: scope.project(),
                table: ask.grain.table(),
                kinds: ask.kinds.iter().map(|kind| kind.code()).collect(),
                from_ns: ask.range.from_ns,
                to_ns: ask.range.to_ns,
                trace_ids: None,
                columns: ask.columns().into_iter().map(str::to_owned).collect(),
            },
            budget: self.budget(),
        };
        self.view(scope, &wanted).await
    }
}
