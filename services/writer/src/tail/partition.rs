//! One partition's tail. Its partition task writes, everybody reads.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use arrow::array::RecordBatch;
use naru_ids::{ProjectId, TenantId};
use naru_lake::{catalog::names, rollup::Kind};
use naru_writer_api::TailState;

use super::{
    Budget, Summaries, TableKey,
    summaries::Summary,
    table::{Chunk, Table},
};
use crate::summarize;

/// Rows of one partition after its committed sequence, while this writer owns it.
#[derive(Debug)]
pub(crate) struct PartitionTail {
    partition: u16,
    budget: Arc<Budget>,
    /// `None` while this writer doesn't own the partition: then nothing is served.
    owned: RwLock<Option<Owned>>,
}

#[derive(Debug)]
struct Owned {
    epoch: i64,
    committed_seq: u64,
    /// Rows up to here belong to a cut under way, and stay until it is committed.
    frozen_seq: u64,
    through_seq: u64,
    replaying: bool,
    tables: HashMap<TableKey, Table>,
    summaries: Summaries,
}

/// What a reader gets: the state and the rows that go with it, taken at one moment.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) state: TailState,
    pub(crate) batches: Vec<RecordBatch>,
}

/// What a cut takes: all rows in `(prev_seq, last_seq]`.
#[derive(Debug)]
pub(crate) struct Frozen {
    pub(crate) epoch: i64,
    pub(crate) prev_seq: u64,
    pub(crate) last_seq: u64,
    /// Sorted by key, so that a cut is the same however the rows are hashed.
    pub(crate) tables: Vec<(TableKey, Vec<RecordBatch>)>,
    pub(crate) rollups: Vec<(TenantId, ProjectId, summarize::Frozen)>,
    /// What `rollups` change about names.
    pub(crate) names: names::Changes,
}

impl Owned {
    fn bytes(&self) -> usize {
        self.tables.values().map(Table::bytes).sum::<usize>() + self.summaries.bytes()
    }
}

impl PartitionTail {
    pub(crate) fn new(partition: u16, budget: Arc<Budget>) -> Self {
        Self { partition, budget, owned: RwLock::new(None) }
    }

    /// Begins to serve an empty tail after `committed_seq`. `summaries` know what was counted before.
    pub(crate) fn open(&self, epoch: i64, committed_seq: u64, replaying: bool, summaries: Summaries) {
        self.close();
        *self.write() = Some(Owned {
            epoch,
            committed_seq,
            frozen_seq: committed_seq,
            through_seq: committed_seq,
            replaying,
            tables: HashMap::new(),
            summaries,
        });
    }

    /// Stops serving and forgets every row: they are on the bus.
    pub(crate) fn close(&self) {
        if let Some(owned) = self.write().take() {
            self.budget.give_back(owned.bytes());
        }
    }

    /// Adds the rows of the pack at `seq`: all of them become visible together.
    pub(crate) fn append(&self, seq: u64, rows: Vec<(TableKey, RecordBatch)>) {
        let mut guard = self.write();
        let Some(owned) = guard.as_mut() else { return };
        for (key, rows) in rows {
            let (before, after) = owned.summaries.count(&key, &rows);
            self.budget.take(after - before);
            let Some(chunk) = Chunk::new(key.signal, seq, rows) else { continue };
            self.budget.take(chunk.bytes);
            let table = owned.tables.entry(key).or_default();
            table.chunks.push(chunk);
            if let Some((before, after)) = table.coalesce(key.signal, owned.frozen_seq) {
                self.budget.take(after);
                self.budget.give_back(before);
            }
        }
        owned.through_seq = seq;
    }

    /// Caught up with what was on the bus at takeover.
    pub(crate) fn caught_up(&self) {
        if let Some(owned) = self.write().as_mut() {
            owned.replaying = false;
        }
    }

    /// Everything so far, for a cut. The rows stay visible until [`Self::committed`]. `None` when nothing is new.
    pub(crate) fn freeze(&self) -> Option<Frozen> {
        let mut guard = self.write();
        let owned = guard.as_mut()?;
        if owned.through_seq == owned.committed_seq {
            return None;
        }
        owned.frozen_seq = owned.through_seq;
        let (rollups, names) = owned.summaries.freeze();
        let mut tables: Vec<(TableKey, Vec<RecordBatch>)> = owned
            .tables
            .iter()
            .map(|(key, table)| (*key, table.chunks.iter().map(|chunk| chunk.rows.clone()).collect()))
            .collect();
        tables.sort_unstable_by_key(|(key, _)| *key);
        Some(Frozen {
            epoch: owned.epoch,
            prev_seq: owned.committed_seq,
            last_seq: owned.through_seq,
            tables,
            rollups,
            names,
        })
    }

    /// The cut through `seq` is in the catalog: its rows leave in the same moment as the committed sequence moves.
    pub(crate) fn committed(&self, seq: u64) {
        let mut guard = self.write();
        let Some(owned) = guard.as_mut() else { return };
        owned.committed_seq = seq;
        let freed: usize = owned.tables.values_mut().map(|table| table.drop_through(seq)).sum();
        owned.tables.retain(|_, table| !table.chunks.is_empty());
        self.budget.give_back(freed + owned.summaries.committed());
    }

    /// No call waits for its answer any longer: nothing has come for so long that none will.
    pub(crate) fn let_calls_go(&self) {
        if let Some(owned) = self.write().as_mut() {
            owned.summaries.let_go_before(i64::MAX);
        }
    }

    /// State and summaries of one project, of those that `wants` by kind and bucket (unix ns). `None` while the partition
    /// is not ours.
    #[must_use]
    pub(crate) fn summaries(
        &self,
        tenant: TenantId,
        project: ProjectId,
        wants: impl Fn(Kind, i64) -> bool,
    ) -> Option<(TailState, Summary)> {
        let guard = self.read();
        let owned = guard.as_ref()?;
        Some((self.state_of(owned), owned.summaries.of(tenant, project, wants)))
    }

    /// State and rows of one table whose times may lie in `from_ns..to_ns`; any time when `None`.
    /// `None` while the partition is not ours.
    #[must_use]
    pub(crate) fn snapshot(&self, key: &TableKey, range_ns: Option<(i64, i64)>) -> Option<Snapshot> {
        let guard = self.read();
        let owned = guard.as_ref()?;
        let touches =
            |chunk: &&Chunk| range_ns.is_none_or(|(from, to)| chunk.max_ns >= from && chunk.min_ns < to);
        let chunks = owned.tables.get(key).map(|table| table.chunks.as_slice()).unwrap_or_default();
        let batches = chunks.iter().filter(touches).map(|chunk| chunk.rows.clone()).collect();
        Some(Snapshot { state: self.state_of(owned), batches })
    }

    /// Where the partition is; `None` while it is not ours.
    #[must_use]
    pub(crate) fn state(&self) -> Option<TailState> {
        self.read().as_ref().map(|owned| self.state_of(owned))
    }

    fn state_of(&self, owned: &Owned) -> TailState {
        TailState {
            v: 1,
            partition: self.partition,
            epoch: owned.epoch,
            committed_seq: owned.committed_seq,
            through_seq: owned.through_seq,
            replaying: owned.replaying,
        }
    }

    /// Bytes this partition holds.
    pub(crate) fn bytes(&self) -> usize {
        self.read().as_ref().map_or(0, Owned::bytes)
    }

    fn read(&self) -> RwLockReadGuard<'_, Option<Owned>> {
        self.owned.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Owned>> {
        self.owned.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
