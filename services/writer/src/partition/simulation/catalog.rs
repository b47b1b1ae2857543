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

/// What is known of an entry id.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Of its cut, in the stream's time, ms.
    at_ms: u64,
    /// By the clock, ms.
    committed_ms: u64,
}

#[derive(Debug)]
pub(super) struct Catalog {
    flaw: Option<Flaw>,
    pub(super) offset: Offset,
    entries: BTreeMap<u128, Entry>,
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
        for &(id, _) in &attempt.cut.entries {
            let before_ms = self.entries.get(&id).map_or(0, |entry| entry.at_ms);
            let at_ms = attempt.cut.at_ms.max(before_ms);
            self.entries.insert(id, Entry { at_ms, committed_ms: now_ms });
        }
        self.cuts.push(attempt.clone());
        Outcome::Committed
    }

    /// As [`naru_lake::catalog::commit::recent_entries`].
    pub(super) fn recent_entries(&self, now_ms: u64) -> Vec<(u128, u64)> {
        let is_recent = self.is_recent(now_ms);
        let mut recent: Vec<(u128, u64)> =
            self.entries.iter().filter(|(_, entry)| is_recent(entry)).map(|(&id, e)| (id, e.at_ms)).collect();
        recent.sort_by_key(|&(_, at_ms)| at_ms);
        recent
    }

    /// As [`naru_lake::catalog::expire::entries`].
    pub(super) fn forget_entries(&mut self, now_ms: u64) {
        let is_recent = self.is_recent(now_ms);
        self.entries.retain(|_, entry| is_recent(entry));
    }

    fn is_recent(&self, now_ms: u64) -> impl Fn(&Entry) -> bool + use<> {
        let newest_ms = self.entries.values().map(|entry| entry.at_ms).max().unwrap_or(0);
        let goes_by_clock = self.flaw == Some(Flaw::ForgetsByTheClock);
        move |entry| {
            let age_ms = if goes_by_clock { now_ms - entry.committed_ms } else { newest_ms - entry.at_ms };
            age_ms <= ENTRY_MEMORY_S * 1_000
        }
    }
}
