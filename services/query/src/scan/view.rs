//! One consistent view of a project's rows: the owner's live tail, then the catalog's segments that fit it.
//!
//! The tail is asked first. It states `committed_seq` and holds every row after it; then segments through that sequence
//! are taken from the catalog. So a commit between the two reads leaves neither a gap nor a double row.

use std::{sync::Arc, time::Duration};

use arrow::array::RecordBatch;
use datafusion::execution::memory_pool::MemoryReservation;
use naru_ingest_api::partition_of;
use naru_lake::catalog::{
    SegmentRow,
    read::{self, SEGMENTS_MAX},
};
use naru_signal::Table;
use naru_writer_api::{TailState, TailTicket};
use serde::Serialize;
use tracing::warn;
use utoipa::ToSchema;

use super::{Lake, ScanError, budget::Budget, listing::Moment};
use crate::{
    clients::TailError,
    parse::{NS_PER_MS, TimeRange, ms_of_ns},
    plan::TenantScope,
};

/// An owner that is just being replaced has a successor soon.
const RETRY_AFTER: Duration = Duration::from_millis(100);
const ATTEMPTS: usize = 2;

/// A partition of which rows are missing from an answer, mostly the newest. What is in it is right.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Incomplete {
    pub(crate) partition: u16,
    /// Rows after this moment may be missing: unix ms. Null when nothing is stored of the range. Of `too_many_segments`,
    /// rows before it.
    pub(crate) since_ms: Option<f64>,
    /// `owner_away`, `owner_changed`, `owner_slow`, `replaying` or `too_many_segments`.
    pub(crate) reason: &'static str,
}

/// Why an attempt did not give a view.
#[derive(Debug, Clone, Copy)]
enum Missed {
    Away,
    Changed,
    Slow,
}

impl Missed {
    const fn reason(self) -> &'static str {
        match self {
            Self::Away => "owner_away",
            Self::Changed => "owner_changed",
            Self::Slow => "owner_slow",
        }
    }
}

/// What is asked of catalog and tail together.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Segments of these, beside the tail of the ticket's.
    pub(super) tables: Vec<Table>,
    pub(super) range: TimeRange,
    pub(super) ticket: TailTicket,
    pub(super) budget: Budget,
}

/// What catalog and tail answered together.
pub(super) struct View {
    /// Newest first.
    pub(super) segments: Vec<Arc<SegmentRow>>,
    pub(super) tail: Vec<RecordBatch>,
    /// Accounts for `tail` for as long as it is held.
    pub(super) memory: MemoryReservation,
    pub(super) incomplete: Vec<Incomplete>,
}

impl Lake {
    pub(super) async fn view(&self, scope: &TenantScope, wanted: &Wanted) -> Result<View, ScanError> {
        let started = std::time::Instant::now();
        let partition = partition_of(scope.tenant(), self.partitions);
        let mut missed = Missed::Away;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(RETRY_AFTER).await;
            }
            match self.attempt(scope, partition, wanted).await? {
                Ok(view) => {
                    metrics::histogram!("query_snapshot_seconds").record(started.elapsed().as_secs_f64());
                    return Ok(view);
                }
                Err(why) => missed = why,
            }
            // Asking for the same once more would take as long.
            if matches!(missed, Missed::Slow) {
                break;
            }
        }
        metrics::counter!("query_incomplete_total", "reason" => missed.reason()).increment(1);
        let segments = self.segments(scope, &wanted.tables, wanted.range).await?;
        let mut incomplete = vec![self.incomplete(partition, &segments, missed.reason())];
        incomplete.extend(cut_off(partition, &segments, SEGMENTS_MAX));
        let memory = wanted.budget.reservation();
        Ok(View { segments, tail: Vec::new(), memory, incomplete })
    }

    async fn attempt(
        &self,
        scope: &TenantScope,
        partition: u16,
        wanted: &Wanted,
    ) -> Result<Result<View, Missed>, ScanError> {
        let Some((owner, tail)) = self.ask_owner(partition, wanted).await? else {
            return Ok(Err(Missed::Away));
        };
        let tail = match tail {
            Ok(rows) => rows,
            Err(TailError::TooLarge) => return Err(ScanError::TooLarge),
            // Not logged each time: the timeout before was.
            Err(TailError::Silent) => return Ok(Err(Missed::Away)),
            Err(error) => {
                let url = owner.flight_url.as_deref().unwrap_or_default();
                warn!(partition, server.address = %url, error = %naru_telemetry::chain(&error), "a tail did not answer");
                return Ok(Err(match error {
                    TailError::Slow => Missed::Slow,
                    _ => Missed::Away,
                }));
            }
        };
        let state = &tail.state;
        if owner.epoch != state.epoch || state.partition != partition {
            return Ok(Err(Missed::Changed));
        }
        let moment =
            Moment { epoch: state.epoch, committed_seq: state.committed_seq, removals: owner.removals };
        let mut segments = self.listed(scope, wanted, moment).await?;
        if segments.iter().any(|segment| straddles(segment, state)) {
            return Ok(Err(Missed::Changed));
        }
        let oldest_missing = cut_off(partition, &segments, SEGMENTS_MAX);
        segments.retain(|segment| belongs(segment, state));
        let replaying = state.replaying.then(|| self.incomplete(partition, &segments, "replaying"));
        let incomplete = replaying.into_iter().chain(oldest_missing).collect();
        Ok(Ok(View { segments, tail: tail.batches, memory: tail.memory, incomplete }))
    }

    /// Segments that may hold rows of the range, newest first, as the catalog has them now.
    pub(super) async fn segments(
        &self,
        scope: &TenantScope,
        tables: &[Table],
        range: TimeRange,
    ) -> Result<Vec<Arc<SegmentRow>>, ScanError> {
        let begin = self.pool.begin_tenant(scope.tenant()).await;
        let mut tx = begin.map_err(|source| {
            ScanError::Catalog(naru_lake::Error::Transaction { doing: "beginning to list segments", source })
        })?;
        let rows = read::segments(&mut tx, scope.project(), tables, range.from_ns, range.to_ns).await;
        Ok(rows.map_err(ScanError::Catalog)?.into_iter().map(Arc::new).collect())
    }

    /// Rows after the newest stored one may be missing. A clock that is ahead must not promise what is yet to come.
    fn incomplete(&self, partition: u16, segments: &[Arc<SegmentRow>], reason: &'static str) -> Incomplete {
        let now_ns = i64::try_from(self.clock.now().0).unwrap_or(i64::MAX).saturating_mul(NS_PER_MS);
        let since = segments.iter().map(|segment| segment.max_start_ns.min(now_ns)).max();
        Incomplete { partition, since_ms: since.map(ms_of_ns), reason }
    }
}

/// A segment of another partition was written when there were more or fewer of them: no tail holds its rows.
fn belongs(segment: &SegmentRow, state: &TailState) -> bool {
    segment.partition != state.partition || segment.last_seq <= state.committed_seq
}

/// Merged from segments of which the tail holds some and not the others: the merge came between the two reads.
fn straddles(segment: &SegmentRow, state: &TailState) -> bool {
    !belongs(segment, state) && segment.first_seq <= state.committed_seq
}

/// The catalog lists so many segments, newest first, and no more: then the oldest rows of the range may be missing.
fn cut_off(partition: u16, segments: &[Arc<SegmentRow>], segments_max: i64) -> Option<Incomplete> {
    let is_full = i64::try_from(segments.len()).is_ok_and(|count| count >= segments_max);
    let oldest = segments.last().filter(|_| is_full)?;
    let since_ms = Some(ms_of_ns(oldest.max_start_ns));
    metrics::counter!("query_incomplete_total", "reason" => "too_many_segments").increment(1);
    Some(Incomplete { partition, since_ms, reason: "too_many_segments" })
}

#[cfg(test)]
mod tests {
    use naru_ids::{ProjectId, SegmentId, TenantId, UnixMs};

    use super::*;

    fn segment(max_start_ms: i64) -> Arc<SegmentRow> {
        let (id, tenant, project) =
            (SegmentId::new(UnixMs(1)), TenantId::new(UnixMs(1)), ProjectId::new(UnixMs(1)));
        Arc::new(SegmentRow {
            id,
            tenant,
            project,
            table: Table::Spans,
            day: 0,
            partition: 0,
            first_seq: 1,
            last_seq: 1,
            level: 0,
            path: String::new(),
            offset: 0,
            length: 0,
            sealed_key: naru_lake::seal::WrappedKey(Vec::new()),
            rows: 1,
            min_start_ns: 0,
            max_start_ns: max_start_ms * 1_000_000,
        })
    }

    #[test]
    fn a_merge_of_what_the_tail_has_in_part_is_neither_taken_nor_left_out() {
        let state = |committed_seq| TailState {
            v: 1,
            partition: 0,
            epoch: 1,
            committed_seq,
            through_seq: 99,
            replaying: false,
        };
        let of = |first_seq, last_seq| SegmentRow { first_seq, last_seq, ..segment(1).as_ref().clone() };
        let judged =
            |segment: &SegmentRow, seq| (belongs(segment, &state(seq)), straddles(segment, &state(seq)));
        let merged = of(11, 30);
        assert_eq!(judged(&merged, 30), (true, false));
        assert_eq!(judged(&merged, 20), (false, true));
        assert_eq!(judged(&merged, 10), (false, false));
        let elsewhere = SegmentRow { partition: 1, ..merged };
        assert_eq!(judged(&elsewhere, 20), (true, false));
    }

    #[test]
    fn a_list_of_segments_that_is_cut_off_says_from_where() {
        let newest_first = [segment(30), segment(20), segment(10)];
        let expected = Incomplete { partition: 7, since_ms: Some(10.0), reason: "too_many_segments" };
        assert_eq!(cut_off(7, &newest_first, 3), Some(expected));
        assert_eq!(cut_off(7, &newest_first, 4), None);
        assert_eq!(cut_off(7, &[], 4), None);
    }
}
