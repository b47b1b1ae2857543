//! One consistent view of a project's rows: the owner's live tail, then the catalog's segments that fit it.
//!
//! The tail is asked first. It states `committed_seq` and holds every row after it; then segments through that sequence
//! are taken from the catalog. So a commit between the two reads leaves neither a gap nor a double row.

use std::{sync::Arc, time::Duration};

use arrow::array::RecordBatch;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use naru_ingest_api::partition_of;
use naru_lake::catalog::{SegmentRow, read};
use naru_writer_api::{TailState, TailTicket};
use serde::Serialize;
use tracing::warn;
use utoipa::ToSchema;

use super::{Lake, ScanError};
use crate::{
    clients::{TailError, TailRows},
    parse::ms_of_ns,
    plan::{Ask, TenantScope},
};

/// An owner that is just being replaced has a successor soon.
const RETRY_AFTER: Duration = Duration::from_millis(100);
const ATTEMPTS: usize = 2;

/// A partition whose newest rows are missing from an answer. What is in it is right.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Incomplete {
    pub(crate) partition: u16,
    /// Rows after this moment may be missing: unix ms. Null when nothing is stored of the range.
    pub(crate) since_ms: Option<f64>,
    /// `owner_away`, `owner_changed` or `replaying`.
    pub(crate) reason: &'static str,
}

/// Rows of one [`Ask`], pinned.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(super) ask: Ask,
    pub(super) segments: Vec<Arc<SegmentRow>>,
    pub(super) tail: Vec<RecordBatch>,
    /// Accounts for `tail` for as long as it is held.
    _memory: MemoryReservation,
    pub(crate) incomplete: Vec<Incomplete>,
}

/// Why an attempt did not give a view.
#[derive(Debug, Clone, Copy)]
enum Missed {
    OwnerAway,
    OwnerChanged,
}

impl Missed {
    const fn reason(self) -> &'static str {
        match self {
            Self::OwnerAway => "owner_away",
            Self::OwnerChanged => "owner_changed",
        }
    }
}

impl Lake {
    /// Takes a snapshot. Without the partition's owner it holds stored segments alone and says so.
    pub(crate) async fn snapshot(&self, scope: &TenantScope, ask: Ask) -> Result<Snapshot, ScanError> {
        let started = std::time::Instant::now();
        let partition = partition_of(scope.tenant(), self.partitions);
        let mut missed = Missed::OwnerAway;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(RETRY_AFTER).await;
            }
            match self.attempt(scope, partition, &ask).await? {
                Ok(snapshot) => {
                    metrics::histogram!("query_snapshot_seconds").record(started.elapsed().as_secs_f64());
                    return Ok(snapshot);
                }
                Err(why) => missed = why,
            }
        }
        metrics::counter!("query_incomplete_total", "reason" => missed.reason()).increment(1);
        let segments = self.segments(scope, &ask).await?;
        let incomplete = incomplete(partition, &segments, missed.reason());
        self.pin(ask, segments, Vec::new(), vec![incomplete])
    }

    async fn attempt(
        &self,
        scope: &TenantScope,
        partition: u16,
        ask: &Ask,
    ) -> Result<Result<Snapshot, Missed>, ScanError> {
        let owner = read::partition(&self.pool, partition).await.map_err(ScanError::Catalog)?;
        let Some(url) = owner.and_then(|owner| owner.flight_url) else { return Ok(Err(Missed::OwnerAway)) };
        let TailRows { state, batches } = match self.tails.get(&url, &ticket(scope, ask)).await {
            Ok(rows) => rows,
            Err(TailError::TooLarge) => return Err(ScanError::TooLarge),
            // Not logged each time: the timeout before was.
            Err(TailError::Silent) => return Ok(Err(Missed::OwnerAway)),
            Err(error) => {
                warn!(partition, server.address = %url, error = %naru_telemetry::chain(&error), "a tail did not answer");
                return Ok(Err(Missed::OwnerAway));
            }
        };
        let (mut segments, owner) = tokio::try_join!(self.segments(scope, ask), async {
            read::partition(&self.pool, partition).await.map_err(ScanError::Catalog)
        })?;
        if owner.is_none_or(|owner| owner.epoch != state.epoch) || state.partition != partition {
            return Ok(Err(Missed::OwnerChanged));
        }
        segments.retain(|segment| belongs(segment, &state));
        let replaying = state.replaying.then(|| incomplete(partition, &segments, "replaying"));
        self.pin(ask.clone(), segments, batches, replaying.into_iter().collect()).map(Ok)
    }

    /// Segments that may hold rows of the range, newest first.
    async fn segments(&self, scope: &TenantScope, ask: &Ask) -> Result<Vec<Arc<SegmentRow>>, ScanError> {
        let begin = self.pool.begin_tenant(scope.tenant()).await;
        let mut tx = begin.map_err(|source| {
            ScanError::Catalog(naru_lake::Error::Transaction { doing: "beginning to list segments", source })
        })?;
        let range = ask.range;
        let rows = read::segments(&mut tx, scope.project(), ask.signal, range.from_ns, range.to_ns).await;
        Ok(rows.map_err(ScanError::Catalog)?.into_iter().map(Arc::new).collect())
    }

    fn pin(
        &self,
        ask: Ask,
        segments: Vec<Arc<SegmentRow>>,
        tail: Vec<RecordBatch>,
        incomplete: Vec<Incomplete>,
    ) -> Result<Snapshot, ScanError> {
        let memory = MemoryConsumer::new("tail").register(&self.state.runtime_env().memory_pool);
        memory
            .try_grow(tail.iter().map(RecordBatch::get_array_memory_size).sum())
            .map_err(ScanError::scan)?;
        Ok(Snapshot { ask, segments, tail, _memory: memory, incomplete })
    }
}

fn ticket(scope: &TenantScope, ask: &Ask) -> TailTicket {
    TailTicket {
        v: 1,
        tenant: scope.tenant(),
        project: scope.project(),
        signal: ask.signal,
        from_ns: ask.range.from_ns,
        to_ns: ask.range.to_ns,
        trace_id: ask.trace.map(|trace| trace.to_string()),
        columns: ask.columns.iter().map(|&column| column.to_owned()).collect(),
    }
}

/// A segment of another partition was written when there were more or fewer of them: no tail holds its rows.
fn belongs(segment: &SegmentRow, state: &TailState) -> bool {
    segment.partition != state.partition || segment.last_seq <= state.committed_seq
}

fn incomplete(partition: u16, segments: &[Arc<SegmentRow>], reason: &'static str) -> Incomplete {
    let since = segments.iter().map(|segment| segment.max_start_ns).max();
    Incomplete { partition, since_ms: since.map(ms_of_ns), reason }
}
