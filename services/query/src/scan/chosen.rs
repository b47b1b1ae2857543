//! Segments of a question, and what of each need not be read.

use std::sync::Arc;

use datafusion::execution::memory_pool::MemoryReservation;
use futures::{StreamExt, TryStreamExt, stream};
use naru_lake::{
    catalog::SegmentRow,
    seal::TenantKey,
    segment::{pairs::PairFilter, parents::SpanIds, traces::TraceTable},
};
use naru_signal::semconv::names_alike;

use super::{Lake, ScanError, budget::Budget};
use crate::{
    parse::{AttributeIs, TraceId},
    plan::{Ask, Traces},
};

/// Segments opened at a time for one question.
pub(super) const OPEN_AT_ONCE: usize = 16;

/// What a row costs in memory while span ids are sorted: a trace's number and an id, and both once more. In the end it is
/// some 8.
const SORTING_BYTES: usize = 28;

/// A segment that may hold rows of the question.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) row: Arc<SegmentRow>,
    /// There when the question names traces.
    pub(super) traces: Option<Arc<TraceTable>>,
    /// There when the question asks for parents and the segment has them as places.
    pub(super) span_ids: Option<Arc<SpanIds>>,
    /// Which row groups may hold rows; `None`: any.
    pub(super) row_groups: Option<Vec<bool>>,
}

impl Lake {
    /// Leaves out what holds nothing of the question: of named traces and attributes, most by filters alone. What is left
    /// is opened when the budget allows all of it.
    pub(super) async fn choose(
        &self,
        segments: Vec<Arc<SegmentRow>>,
        key: &TenantKey,
        ask: &Ask,
        budget: &Budget,
        memory: &MemoryReservation,
    ) -> Result<Vec<Chosen>, ScanError> {
        let judged: Vec<Option<Chosen>> = stream::iter(segments)
            .map(async |row| self.judge(row, key, ask).await)
            .buffered(OPEN_AT_ONCE)
            .try_collect()
            .await?;
        let chosen: Vec<Chosen> = judged.into_iter().flatten().collect();
        budget.admits(&chosen)?;
        stream::iter(chosen)
            .map(async |chosen| self.opened(chosen, key, ask, memory).await)
            .buffered(OPEN_AT_ONCE)
            .try_collect()
            .await
    }

    /// `None` of a segment that holds nothing of the question.
    async fn judge(
        &self,
        row: Arc<SegmentRow>,
        key: &TenantKey,
        ask: &Ask,
    ) -> Result<Option<Chosen>, ScanError> {
        let mut chosen = Chosen { row, traces: None, span_ids: None, row_groups: None };
        if let Some(traces) = ask.traces.ids() {
            let Some(table) = self.holding(&chosen.row, key, traces).await? else { return Ok(None) };
            chosen.traces = Some(table);
        }
        if !ask.attributes.is_empty()
            && let Some(filter) = self.readers.pair_filter(&chosen.row, key).await?
        {
            let groups = row_groups(&filter, &ask.attributes);
            if !groups.contains(&true) {
                return Ok(None);
            }
            chosen.row_groups = Some(groups);
        }
        Ok(Some(chosen))
    }

    /// With what its rows are told by.
    async fn opened(
        &self,
        mut chosen: Chosen,
        key: &TenantKey,
        ask: &Ask,
        memory: &MemoryReservation,
    ) -> Result<Chosen, ScanError> {
        // Of every segment at once, for as long as the question takes.
        let hold = |bytes| memory.try_grow(bytes).map_err(|_| ScanError::TooLarge);
        if matches!(ask.traces, Traces::Shown)
            && let Some(table) = self.readers.trace_table(&chosen.row, key).await?
        {
            hold(table.size())?;
            chosen.traces = Some(table);
        }
        // Rows of named traces are read whole, and say all there is to know.
        if ask.wants_parents() && ask.traces.ids().is_none() {
            let sorting = memory.new_empty();
            let rows = usize::try_from(chosen.row.rows).unwrap_or(usize::MAX);
            sorting.try_grow(rows.saturating_mul(SORTING_BYTES)).map_err(|_| ScanError::TooLarge)?;
            chosen.span_ids = self.readers.span_ids(&chosen.row, key).await?;
            drop(sorting);
            hold(chosen.span_ids.as_ref().map_or(0, |ids| ids.size()))?;
        }
        Ok(chosen)
    }

    /// The table of a segment that holds one of these traces.
    async fn holding(
        &self,
        row: &SegmentRow,
        key: &TenantKey,
        traces: &[TraceId],
    ) -> Result<Option<Arc<TraceTable>>, ScanError> {
        let head = self.readers.head(row, key).await?;
        if !traces.iter().any(|trace| head.may_hold(trace.bytes())) {
            return Ok(None);
        }
        let table = self.readers.trace_table(row, key).await?;
        Ok(table.filter(|table| traces.iter().any(|trace| table.number(trace.bytes()).is_some())))
    }
}

fn row_groups(filter: &PairFilter, attributes: &[AttributeIs]) -> Vec<bool> {
    let any_name =
        |group, is: &AttributeIs| names_alike(&is.key).any(|name| filter.may_hold(group, name, &is.value));
    let may_hold = |group| attributes.iter().all(|is| any_name(group, is));
    (0..filter.len()).map(may_hold).collect()
}
