//! Rows of one question, pinned: a view, the tenant's key, and of named traces only what holds them.

use arrow::array::RecordBatch;
use datafusion::execution::memory_pool::MemoryReservation;
use naru_lake::seal::TenantKey;
use naru_writer_api::TailTicket;

use super::{
    Incomplete, Lake, ScanError,
    budget::Budget,
    chosen::Chosen,
    view::{View, Wanted},
};
use crate::{
    parse::TraceId,
    plan::{Ask, TenantScope},
};

/// Rows of one [`Ask`], pinned.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(super) ask: Ask,
    pub(super) segments: Vec<Chosen>,
    /// Opens them; there when there are any.
    pub(super) key: Option<TenantKey>,
    pub(super) tail: Vec<RecordBatch>,
    /// Accounts for `tail`, and for what is open of `segments`, for as long as they are held.
    _memory: MemoryReservation,
    pub(crate) incomplete: Vec<Incomplete>,
}

impl Snapshot {
    /// Holds no row, as far as can be known without reading any.
    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.tail.iter().all(|batch| batch.num_rows() == 0)
    }
}

impl Lake {
    /// Takes a snapshot. Without the partition's owner it holds stored segments alone and says so.
    pub(crate) async fn snapshot(&self, scope: &TenantScope, ask: Ask) -> Result<Snapshot, ScanError> {
        self.snapshot_within(scope, ask, self.budget()).await
    }

    pub(super) async fn snapshot_within(
        &self,
        scope: &TenantScope,
        ask: Ask,
        budget: Budget,
    ) -> Result<Snapshot, ScanError> {
        let ticket = ticket(scope, &ask);
        let wanted = Wanted { tables: vec![ask.signal.into()], range: ask.range, ticket, budget };
        let view = self.view(scope, &wanted).await?;
        self.pin(scope, ask, view, &wanted.budget).await
    }

    async fn pin(
        &self,
        scope: &TenantScope,
        ask: Ask,
        view: View,
        budget: &Budget,
    ) -> Result<Snapshot, ScanError> {
        let View { segments, tail, memory, incomplete } = view;
        let key = match segments.is_empty() {
            true => None,
            false => Some(self.key(scope).await?),
        };
        let segments = match &key {
            None => Vec::new(),
            Some(key) => self.choose(segments, key, &ask, budget, &memory).await?,
        };
        Ok(Snapshot { ask, segments, key, tail, _memory: memory, incomplete })
    }

    pub(super) async fn key(&self, scope: &TenantScope) -> Result<TenantKey, ScanError> {
        let key = self.keys.get(scope.tenant()).await.map_err(|error| match error {
            // A key file that lacks the key is no outage, and waiting does not mend it.
            naru_lake::Error::Key(_) => ScanError::Key(error),
            error => ScanError::Catalog(error),
        });
        key?.ok_or(ScanError::NoKey)
    }
}

fn ticket(scope: &TenantScope, ask: &Ask) -> TailTicket {
    TailTicket {
        v: 1,
        tenant: scope.tenant(),
        project: scope.project(),
        table: ask.signal.into(),
        kinds: Vec::new(),
        from_ns: ask.range.from_ns,
        to_ns: ask.range.to_ns,
        trace_ids: ask.traces.ids().map(|traces| traces.iter().map(TraceId::to_string).collect()),
        columns: ask.columns.iter().map(|&column| column.to_owned()).collect(),
    }
}
