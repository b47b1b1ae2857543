//! Segments of a question, and what of each need not be read.

use std::sync::Arc;

use datafusion::execution::memory_pool::MemoryReservation;
use futures::{StreamExt, TryStreamExt, stream};
use naru_lake::{
    catalog::SegmentRow,
    seal::TenantKey,
    segment::{pairs::PairFilter, parents::SpanIds, traces::TraceTable},
};

use super::{Lake, ScanError};
use crate::{
    parse::{AttributeIs, TraceId},
    plan::{Ask, Traces},
};

/// Segments opened at a time for one question.
const OPEN_AT_ONCE: usize = 16;

/// What a row costs in memory whose parent may be asked for.
const SPAN_ID_BYTES: usize = 8;

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
    /// Leaves out what holds nothing of the question: of named traces and attributes, most by filters alone.
    pub(super) async fn choose(
        &self,
        segments: Vec<Arc<SegmentRow>>,
        key: &TenantKey,
        ask: &Ask,
        memory: &MemoryReservation,
    ) -> Result<Vec<Chosen>, ScanError> {
        let chosen: Vec<Option<Chosen>> = stream::iter(segments)
            .map(async |row| self.judge(row, key, ask, memory).await)
            .buffered(OPEN_AT_ONCE)
            .try_collect()
            .await?;
        Ok(chosen.into_iter().flatten().collect())
    }

    async fn judge(
        &self,
        row: Arc<SegmentRow>,
        key: &TenantKey,
        ask: &Ask,
        memory: &MemoryReservation,
    ) -> Result<Option<Chosen>, ScanError> {
        let mut chosen = Chosen { row, traces: None, span_ids: None, row_groups: None };
        if let Some(traces) = ask.traces.ids() {
            let Some(table) = self.holding(&chosen.row, key, traces).await? else { return Ok(None) };
            chosen.traces = Some(table);
        }
        if matches!(ask.traces, Traces::Shown)
            && let Some(table) = self.readers.trace_table(&chosen.row, key).await?
        {
            // Of every segment at once, for as long as the question takes.
            memory.try_grow(table.size()).map_err(|_| ScanError::TooLarge)?;
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
        // Rows of one trace are read whole, and say all there is to know.
        if ask.wants_parents() && !matches!(ask.traces, Traces::One(_)) {
            let numbers = chosen.traces.as_ref().zip(ask.traces.ids()).map(|(table, traces)| {
                let mut numbers: Vec<u32> =
                    traces.iter().filter_map(|trace| table.number(trace.bytes())).collect();
                numbers.sort_unstable();
                numbers
            });
            if numbers.is_none() {
                let bytes =
                    usize::try_from(chosen.row.rows).unwrap_or(usize::MAX).saturating_mul(SPAN_ID_BYTES);
                memory.try_grow(bytes).map_err(|_| ScanError::TooLarge)?;
            }
            chosen.span_ids = self.readers.span_ids(&chosen.row, key, numbers).await?;
        }
        Ok(Some(chosen))
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
    let may_hold = |group| attributes.iter().all(|is| filter.may_hold(group, &is.key, &is.value));
    (0..filter.len()).map(may_hold).collect()
}
