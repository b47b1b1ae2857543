//! One project's summaries since its last cut, and what they are counted with.

use std::sync::Arc;

use arrow::array::RecordBatch;
use naru_ids::TenantId;
use naru_lake::{catalog::names, rollup::Kind};
use naru_signal::Signal;
use xxhash_rust::xxh3::xxh3_64;

use super::{
    edges::Waiting,
    exceptions::Exceptions,
    key::{Counted, Frozen},
    names::{NameChanges, Names, TenantNames},
    remembered::Memory,
    share::Share,
    statements::Statements,
    waiting_room::WaitingRoom,
};

/// For fingerprints while rows are counted again.
const RECOUNTING_BYTES: usize = 32 << 20;

/// What is counted of one project's rows.
#[derive(Debug)]
pub(crate) struct Project {
    pub(super) names: Names,
    pub(super) waiting: Waiting,
    pub(super) statements: Statements,
    pub(super) exceptions: Exceptions,
    pub(super) counted: Counted,
    /// Told apart, people of two tenants never look alike.
    pub(super) people_seed: u64,
    /// T of the APDEX of applications that do not say theirs, ns.
    pub(super) apdex_ns: u64,
}

impl Project {
    /// `apdex_ns` is T in ns; `room` is where all projects' calls wait for their answers; fingerprints are remembered in
    /// `memory`; `names` are those of all projects of the tenant.
    pub(crate) fn new(
        tenant: TenantId,
        apdex_ns: u64,
        room: Arc<WaitingRoom>,
        memory: Arc<Memory>,
        names: Arc<TenantNames>,
    ) -> Self {
        Self {
            names: Names::new(names),
            waiting: Waiting::new(room),
            statements: Statements::new(Arc::clone(&memory)),
            exceptions: Exceptions::new(memory),
            counted: Counted::default(),
            people_seed: xxh3_64(tenant.uuid().as_bytes()),
            apdex_ns,
        }
    }

    /// One that counts stored rows again, in the order they are stored; of calls a share.
    pub(crate) fn recounting(tenant: TenantId, apdex_ns: u64, share: Share) -> Self {
        let room = Arc::new(WaitingRoom::without_end());
        let memory = Arc::new(Memory::new(RECOUNTING_BYTES));
        Self {
            waiting: Waiting::for_ever(share),
            ..Self::new(tenant, apdex_ns, room, memory, Arc::default())
        }
    }

    /// Calls and answers that were received before this moment (unix ms) wait for each other no longer.
    pub(crate) fn let_go_before(&mut self, oldest_ms: i64) {
        self.waiting.let_go_before(oldest_ms);
    }

    /// A name that an earlier commit kept.
    pub(crate) fn recall(&mut self, row: &names::NameRow) {
        self.names.recall(row.kind, &row.service, &row.name, (row.after_ns, row.until_ns));
    }

    /// Where an earlier commit found no room for a name.
    pub(crate) fn recall_full(&mut self, row: &names::FullRow) {
        self.names.recall_full(row.kind, &row.service, row.through_ns);
    }

    /// Lets names go that nothing counts under which is kept, from `kept_ns` (unix ns) on. True when some went.
    pub(crate) fn age(&mut self, kept_ns: i64) -> bool {
        self.names.age(kept_ns)
    }

    /// Counts a batch, unless it was counted with the first share; calls of this share. See [`Share`].
    pub(crate) fn recount(&mut self, signal: Signal, rows: &RecordBatch) {
        match signal {
            _ if self.waiting.share.is_first() => self.count(signal, rows),
            Signal::Traces => self.count_calls(rows),
            Signal::Logs | Signal::Metrics => {}
        }
    }

    /// Counts a batch. Metric points are charted as they are.
    pub(crate) fn count(&mut self, signal: Signal, rows: &RecordBatch) {
        match signal {
            Signal::Traces => self.count_spans(rows),
            Signal::Logs => self.count_logs(rows),
            Signal::Metrics => {}
        }
    }

    /// What was counted since the last call, and what that has changed about names.
    pub(crate) fn take(&mut self) -> (Frozen, NameChanges) {
        let counted = Arc::new(std::mem::take(&mut self.counted));
        (Frozen { counted, texts: self.names.texts() }, self.names.take_changes())
    }

    /// What was counted since the last [`Self::take`] of those that `wants`, by kind and bucket; counting goes on.
    pub(crate) fn peek(&self, wants: impl Fn(Kind, i64) -> bool) -> Frozen {
        Frozen { counted: Arc::new(self.counted.only(wants)), texts: self.names.texts() }
    }

    /// Nothing was counted since the last cut.
    pub(crate) fn is_empty(&self) -> bool {
        self.counted.is_empty()
    }

    /// Of summaries since the last cut, about.
    pub(crate) const fn bytes(&self) -> usize {
        self.counted.bytes()
    }
}
