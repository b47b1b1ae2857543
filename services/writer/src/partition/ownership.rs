//! What the owner of a partition knows, and what it decides: which entries are new, what a cut holds, what its end means.
//!
//! No clock, no bus, no database: [`super::cycle`] drives it through the real ones, and the simulation below through more
//! faults than a year of them has.

use std::sync::Arc;

use arrow::array::RecordBatch;
use naru_lake::catalog::lease::Taken;

use super::{Ended, Seen};
use crate::{
    bus::packs::PackMessage,
    decode::{self, Decoded},
    flush::{CutEnd, Ledger},
    tail::{Frozen, PartitionTail, Summaries, TableKey},
};

/// From takeover until it ends: then its tail is closed, and all that was not committed is on the bus.
#[derive(Debug)]
pub(super) struct Ownership {
    tail: Arc<PartitionTail>,
    seen: Seen,
    /// What the next cut must say of its entries.
    ledger: Ledger,
    /// The tail is complete once this sequence is in it.
    replay_through: u64,
    /// Entries of the cut under way, and when the bus stored its newest pack.
    cutting: Option<(Vec<u128>, u64)>,
}

/// What the last owner left.
#[derive(Debug)]
pub(super) struct Inherited {
    /// What was on the bus at takeover ends with this sequence.
    pub(super) replay_through: u64,
    pub(super) seen: Seen,
    pub(super) summaries: Summaries,
}

impl Ownership {
    /// Begins to serve an empty tail.
    pub(super) fn begin(tail: Arc<PartitionTail>, taken: &Taken, inherited: Inherited) -> Self {
        let Inherited { replay_through, seen, summaries } = inherited;
        tail.open(taken.epoch, taken.committed_seq, replay_through > taken.committed_seq, summaries);
        Self { tail, seen, ledger: Ledger::default(), replay_through, cutting: None }
    }

    /// Makes the rows of the next pack visible, and notes what their cut must say. Answers the rows.
    ///
    /// # Errors
    /// Only for a pack that a newer writer could read.
    pub(super) fn take(&mut self, pack: &PackMessage) -> Result<Vec<(TableKey, RecordBatch)>, Ended> {
        let seq = pack.seq;
        let decoded = decode::pack(seq, &pack.payload, &mut self.seen);
        let Decoded { rows, mut ledger } = decoded.map_err(|problem| Ended::PackVersion { seq, problem })?;
        ledger.at_ms = pack.at_ms;
        self.tail.append(seq, rows.clone());
        self.ledger.absorb(ledger);
        if seq >= self.replay_through {
            self.tail.caught_up();
        }
        Ok(rows)
    }

    /// Everything taken since the last cut. `None`: that is nothing, or a cut is under way.
    pub(super) fn begin_cut(&mut self) -> Option<(Frozen, Ledger)> {
        if self.cutting.is_some() {
            return None;
        }
        let frozen = self.tail.freeze()?;
        let mut ledger = std::mem::take(&mut self.ledger);
        // A clock of the bus that was set back must not make these ids look old.
        ledger.at_ms = ledger.at_ms.max(self.seen.newest_ms());
        self.cutting = Some((ledger.entries.iter().map(|&(id, _)| id).collect(), ledger.at_ms));
        Some((frozen, ledger))
    }

    /// Only what the catalog has committed leaves the tail and is acknowledged; after any other end the bus is read again
    /// by whoever owns the partition then.
    pub(super) fn end_cut(&mut self, end: CutEnd) -> Result<(), Ended> {
        let (entries, at_ms) = self.cutting.take().unwrap_or_default();
        match end {
            CutEnd::Committed { last_seq } => {
                self.tail.committed(last_seq);
                self.seen.committed(entries, at_ms);
                Ok(())
            }
            CutEnd::Fenced | CutEnd::Abandoned => Err(Ended::Lost),
        }
    }
}
