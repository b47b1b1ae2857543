//! Summaries of a partition's projects: those of a cut under way, and those counted since.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{AsArray, RecordBatch},
    compute::max,
    datatypes::Int64Type,
};
use naru_ids::{ProjectId, TenantId};
use naru_lake::{
    catalog::names::{self, AgedRow, FullRow, NameRow},
    rollup::Kind,
};

use super::{KeptSpans, TableKey};
use crate::summarize::{Frozen, KEPT_MS, Memory, NameChanges, Project, TenantNames, WaitingRoom};

/// For fingerprints of a partition's statements and exceptions: some tens of thousands.
const REMEMBERED_BYTES: usize = 8 << 20;

/// What readers see of one project, oldest first.
pub(crate) type Summary = Vec<Frozen>;

/// Frozen summaries by project, and what they change about names.
type Cut = (Vec<(TenantId, ProjectId, Frozen)>, names::Changes);

#[derive(Debug)]
pub(crate) struct Summaries {
    apdex_ns: u64,
    room: Arc<WaitingRoom>,
    kept: Arc<KeptSpans>,
    memory: Arc<Memory>,
    names: HashMap<TenantId, Arc<TenantNames>>,
    projects: HashMap<(TenantId, ProjectId), Counting>,
    /// When a gateway received the newest row of the partition, unix ms.
    received_ms: i64,
}

#[derive(Debug)]
struct Counting {
    project: Project,
    /// Belongs to a cut under way; stays visible until that is committed.
    frozen: Option<Frozen>,
}

impl Counting {
    fn bytes(&self) -> usize {
        self.project.bytes() + self.frozen.as_ref().map_or(0, |frozen| frozen.counted.bytes())
    }
}

impl Summaries {
    /// `apdex_ns` is APDEX's T in ns; calls wait for their answers in `room`; names go when nothing that is `kept` counts under
    /// them.
    pub(crate) fn new(apdex_ns: u64, room: Arc<WaitingRoom>, kept: Arc<KeptSpans>) -> Self {
        let memory = Arc::new(Memory::new(REMEMBERED_BYTES));
        Self { apdex_ns, room, kept, memory, names: HashMap::new(), projects: HashMap::new(), received_ms: 0 }
    }

    /// What earlier commits kept of names.
    pub(crate) fn recall(&mut self, names: &names::Names) {
        for row in &names.names {
            self.project(row.tenant, row.project).recall(row);
        }
        for row in &names.full {
            self.project(row.tenant, row.project).recall_full(row);
        }
    }

    /// Spans that were counted before, and may be one end of a call whose other end is yet to come.
    pub(crate) fn remember(&mut self, tenant: TenantId, project: ProjectId, spans: &RecordBatch) {
        self.project(tenant, project).remember(spans);
    }

    fn project(&mut self, tenant: TenantId, project: ProjectId) -> &mut Project {
        &mut self.counting(tenant, project).project
    }

    fn counting(&mut self, tenant: TenantId, project: ProjectId) -> &mut Counting {
        let (apdex_ns, room, memory, names) = (self.apdex_ns, &self.room, &self.memory, &mut self.names);
        let new = || {
            let (room, memory) = (Arc::clone(room), Arc::clone(memory));
            let names = Arc::clone(names.entry(tenant).or_default());
            Counting { project: Project::new(tenant, apdex_ns, room, memory, names), frozen: None }
        };
        self.projects.entry((tenant, project)).or_insert_with(new)
    }

    /// Answers bytes before and after.
    pub(super) fn count(&mut self, key: &TableKey, rows: &RecordBatch) -> (usize, usize) {
        let received_ms = rows.column_by_name("received_ms");
        let newest_ms = received_ms.and_then(|times| max(times.as_primitive::<Int64Type>()));
        self.received_ms = self.received_ms.max(newest_ms.unwrap_or(0));
        let counting = self.counting(key.tenant, key.project);
        let before = counting.bytes();
        counting.project.count(key.signal, rows);
        (before, counting.bytes())
    }

    /// Everything counted so far, for a cut. Sorted by project, so that a cut is the same however it was hashed.
    pub(super) fn freeze(&mut self) -> Cut {
        // A project that sends nothing any more would never notice that its ends are old.
        self.let_go_before(self.received_ms - KEPT_MS);
        let (mut rollups, mut names) = (Vec::new(), names::Changes::default());
        for (&(tenant, project), counting) in &mut self.projects {
            let kept_ns = self.kept.begin_ns(tenant);
            if counting.project.age(kept_ns) {
                names.aged.push(AgedRow { tenant, project, kept_ns });
            }
            // Every count belongs to a name, so who counted nothing has no new name either.
            if counting.project.is_empty() {
                continue;
            }
            let (frozen, changes) = counting.project.take();
            note(&mut names, tenant, project, changes);
            counting.frozen = Some(frozen.clone());
            rollups.push((tenant, project, frozen));
        }
        rollups.sort_unstable_by_key(|(tenant, project, _)| (*tenant, *project));
        names.names.sort_unstable();
        names.full.sort_unstable();
        names.aged.sort_unstable();
        (rollups, names)
    }

    /// Calls and answers that were received before this moment (unix ms) wait for each other no longer.
    pub(super) fn let_go_before(&mut self, oldest_ms: i64) {
        self.projects.values_mut().for_each(|counting| counting.project.let_go_before(oldest_ms));
    }

    /// The cut that was frozen last is in the catalog. Answers bytes given back.
    pub(super) fn committed(&mut self) -> usize {
        let frozen = self.projects.values_mut().filter_map(|counting| counting.frozen.take());
        frozen.map(|frozen| frozen.counted.bytes()).sum()
    }

    /// Of one project, those that `wants` by kind and bucket.
    pub(super) fn of(
        &self,
        tenant: TenantId,
        project: ProjectId,
        wants: impl Fn(Kind, i64) -> bool,
    ) -> Summary {
        let Some(counting) = self.projects.get(&(tenant, project)) else { return Vec::new() };
        let mut all = Vec::from_iter(counting.frozen.clone());
        all.push(counting.project.peek(wants));
        all
    }

    pub(super) fn bytes(&self) -> usize {
        self.projects.values().map(Counting::bytes).sum()
    }
}

fn note(all: &mut names::Changes, tenant: TenantId, project: ProjectId, changes: NameChanges) {
    all.names.extend(changes.names.into_iter().map(|kept| NameRow {
        tenant,
        project,
        kind: kept.kind,
        service: kept.service.as_ref().to_owned(),
        name: kept.name.as_ref().to_owned(),
        after_ns: kept.after_ns,
        until_ns: kept.until_ns,
    }));
    all.full.extend(changes.full.into_iter().map(|full| FullRow {
        tenant,
        project,
        kind: full.kind,
        service: full.service.as_ref().to_owned(),
        through_ns: full.through_ns,
    }));
}

#[cfg(test)]
mod tests;
