//! The catalog's tables, as far as exactness needs them. A call is a transaction.

use std::collections::BTreeMap;

use naru_lake::catalog::{
    commit::{Cut, ENTRY_MEMORY_S, Outcome},
    lease::Taken,
    offset::Offset,
};

use super::Flaw;

/// A cut on its way, with what its objects hold.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) cut: Cut,
    /// Times of its rows, which in this world name them.
    pub(super) rows: Vec<i64>,
    /// Bytes of its undecodable entries.
    pub(super) quarantined: Vec<Vec<u8>>,
}

#[derive(Debug)]
pub(super) struct Catalog {
    flaw: Option<Flaw>,
    pub(super) offset: Offset,
    /// Entry id → when it was committed, ms.
    entries: BTreeMap<u128, u64>,
    pub(super) cuts: Vec<Attempt>,
}

impl Catalog {
    pub(super) fn new(flaw: Option<Flaw>) -> Self {
        let offset = Offset { epoch: 0, committed_seq: 0 };
        Self { flaw, offset, entries: BTreeMap::new(), cuts: Vec::new() }
    }

    /// As [`naru_lake::catalog::lease::take`] when no lease is in the way.
    pub(super) fn take(&mut self) -> Taken {
        self.offset.epoch += 1;
        let Offset { epoch, committed_seq } = self.offset;
        Taken { epoch, committed_seq, stream_epoch: None }
    }

    /// As [`naru_lake::catalog::commit::commit`].
    pub(super) fn commit(&mut self, attempt: &Attempt, now_ms: u64) -> Outcome {
        let ended = self.offset.end_of(&attempt.cut);
        if let Some(outcome) = ended.filter(|_| self.flaw != Some(Flaw::ComparesNothing)) {
            return outcome;
        }
        self.offset.committed_seq = attempt.cut.last_seq;
        self.entries.extend(attempt.cut.entries.iter().map(|&(id, _)| (id, now_ms)));
        self.cuts.push(attempt.clone());
        Outcome::Committed
    }

    /// As [`naru_lake::catalog::commit::recent_entries`].
    pub(super) fn recent_entries(&self, now_ms: u64) -> Vec<(u128, u64)> {
        let age_s = |at_ms: u64| (now_ms - at_ms) / 1_000;
        let mut recent: Vec<(u128, u64)> =
            self.entries.iter().map(|(&id, &at_ms)| (id, age_s(at_ms))).collect();
        recent.retain(|&(_, age_s)| age_s < ENTRY_MEMORY_S);
        recent.sort_by_key(|&(_, age_s)| std::cmp::Reverse(age_s));
        recent
    }

    /// As [`naru_lake::catalog::expire::entries`].
    pub(super) fn forget_entries(&mut self, now_ms: u64) {
        self.entries.retain(|_, at_ms| (now_ms - *at_ms) / 1_000 <= ENTRY_MEMORY_S);
    }
}
