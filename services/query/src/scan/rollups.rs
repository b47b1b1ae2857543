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
use crate::{
    parse::{Buckets, TimeRange},
    plan::TenantScope,
};

/// Segments read at a time: each waits for the disk.
const READ_AT_ONCE: usize = 8;

/// What is read.
#[derive(Debug, Clone)]
pub(crate) struct RollupAsk {
    pub(crate) kinds: &'static [Kind],
    /// They follow each other, without a gap; one at least.
    pub(crate) parts: Vec<Buckets>,
    /// Beside the key.
    pub(crate) columns: &'static [&'static str],
}

/// Rows, not merged: one key may come often.
#[derive(Debug)]
pub(crate) struct Rollups {
    ask: RollupAsk,
    batches: Vec<(Table, RecordBatch)>,
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
        self.batches.iter().try_for_each(|(table, batch)| self.ask.each_of(*table, batch, &mut show))
    }
}

impl RollupAsk {
    fn each_of(
        &self,
        table: Table,
        batch: &RecordBatch,
        show: &mut impl FnMut(Kind, i64, &Row<'_>) -> Result<(), DecodeError>,
    ) -> Result<(), ScanError> {
        let rows = Rows::of(batch).ok_or(ScanError::Column { column: "kind" })?;
        let parts: Vec<Buckets> = self.parts_in(table).collect();
        for (kind, row) in rows.of_kinds(self.kinds) {
            if let Some(at_ns) = parts.iter().find_map(|part| part.begin_of(row.at_ns())) {
                show(kind, at_ns, &row).map_err(ScanError::Rollup)?;
            }
        }
        Ok(())
    }

    /// What is read of a table. What is not merged yet is in one, whatever the grain.
    fn parts_in(&self, table: Table) -> impl Iterator<Item = Buckets> {
        let is_there = move |part: &Buckets| table == Table::RollupDeltas || table == part.grain.table();
        self.parts.iter().copied().filter(is_there)
    }

    fn range(&self) -> TimeRange {
        let from_ns = self.parts.iter().map(|part| part.range.from_ns).min();
        let to_ns = self.parts.iter().map(|part| part.range.to_ns).max();
        TimeRange { from_ns: from_ns.unwrap_or(0), to_ns: to_ns.unwrap_or(0) }
    }

    /// Whether a segment may hold rows of a part that is read from its table.
    fn is_in(&self, segment: &SegmentRow) -> bool {
        let meets =
            |TimeRange { from_ns, to_ns }| segment.max_start_ns >= from_ns && segment.min_start_ns < to_ns;
        self.parts_in(segment.table).any(|part| meets(part.range))
    }

    /// Whether a batch may hold rows of the asked kinds and range.
    fn may_be_in(&self, table: Table, batch: &RecordBatch) -> bool {
        let Some(rows) = Rows::of(batch) else { return true };
        let Some((kinds, times)) = rows.bounds() else { return false };
        let has_kind = self.kinds.iter().any(|kind| kinds.contains(&kind.code()));
        let meets = |range: TimeRange| range.from_ns <= *times.end() && *times.start() < range.to_ns;
        has_kind && self.parts_in(table).any(|part| meets(part.range))
    }

    fn columns(&self) -> Vec<&'static str> {
        KEY_COLUMNS.iter().chain(self.columns).copied().collect()
    }
}

impl Lake {
    /// Reads rollups of a project, with the same view of catalog and tail as every list.
    pub(crate) async fn rollups(&self, scope: &TenantScope, ask: RollupAsk) -> Result<Rollups, ScanError> {
        let view = self.rollup_view(scope, &ask).await?;
        let in_tail = |batch| (Table::RollupDeltas, batch);
        let mut batches: Vec<(Table, RecordBatch)> = view.tail.into_iter().map(in_tail).collect();
        if !view.segments.is_empty() {
            let (key, columns) = (self.key(scope).await?, ask.columns());
            let read = |segment: Arc<SegmentRow>| {
                let (key, columns) = (&key, &columns);
                async move {
                    let read = self.readers.rollups(&segment, key, columns).await?;
                    Ok::<_, ScanError>((segment.table, read))
                }
            };
            let stored: Vec<(Table, Arc<Vec<RecordBatch>>)> =
                stream::iter(view.segments).map(read).buffered(READ_AT_ONCE).try_collect().await?;
            let stored = stored.iter().flat_map(|(table, all)| all.iter().map(|one| (*table, one)));
            // Of a day that is one segment, an hour may be wanted: the rest is not held.
            for (table, batch) in stored.filter(|(table, batch)| ask.may_be_in(*table, batch)) {
                let bytes = batch.get_array_memory_size();
                view.memory.try_grow(bytes).map_err(|_| ScanError::TooLarge)?;
                batches.push((table, batch.clone()));
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
        view.tail.iter().try_for_each(|batch| ask.each_of(Table::RollupDeltas, batch, &mut show))?;
        if !view.segments.is_empty() {
            let (key, columns) = (self.key(scope).await?, ask.columns());
            for segment in view.segments {
                let stored = self.readers.rollups(&segment, &key, &columns).await?;
                stored.iter().try_for_each(|batch| ask.each_of(segment.table, batch, &mut show))?;
            }
        }
        Ok(view.incomplete)
    }

    async fn rollup_view(&self, scope: &TenantScope, ask: &RollupAsk) -> Result<View, ScanError> {
        let range = ask.range();
        let grains = Grain::ALL.into_iter().filter(|grain| ask.parts.iter().any(|part| part.grain == *grain));
        let tables: Vec<Table> = grains.map(Grain::table).chain([Table::RollupDeltas]).collect();
        let wanted = Wanted {
            range,
            ticket: TailTicket {
                v: 1,
                tenant: scope.tenant(),
                project: scope.project(),
                // The tail's rows are of every grain.
                table: tables[0],
                kinds: ask.kinds.iter().map(|kind| kind.code()).collect(),
                from_ns: range.from_ns,
                to_ns: range.to_ns,
                trace_ids: None,
                columns: ask.columns().into_iter().map(str::to_owned).collect(),
            },
            budget: self.budget(),
            tables,
        };
        let mut view = self.view(scope, &wanted).await?;
        view.segments.retain(|segment| ask.is_in(segment));
        Ok(view)
    }
}
