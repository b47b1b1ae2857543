//! One writer process that believes the partition is its own.

use std::sync::Arc;

use arrow::{array::AsArray, datatypes::Int64Type};
use naru_lake::{
    catalog::{commit::Outcome, lease::Taken},
    path::CutName,
    schema,
};

use super::{Flaw, bus::Bus, catalog::Attempt};
use crate::{
    bus::cursor::{Arrival, Cursor},
    flush::{CutEnd, Ledger, cut_of},
    partition::{
        Ended, Seen,
        ownership::{Inherited, Ownership},
    },
    summarize::WaitingRoom,
    tail::{Budget, Frozen, PartitionTail, Summaries},
};

#[derive(Debug)]
pub(super) struct Owner {
    flaw: Option<Flaw>,
    tail: Arc<PartitionTail>,
    ownership: Ownership,
    cursor: Cursor,
    /// The cut under way. Its objects are stored.
    pub(super) attempt: Option<Attempt>,
}

impl Owner {
    pub(super) fn begin(flaw: Option<Flaw>, taken: &Taken, seen: Seen, bus: &Bus) -> Self {
        let tail = Arc::new(PartitionTail::new(0, Arc::new(Budget::new(usize::MAX, 1))));
        let summaries = Summaries::new(1, Arc::new(WaitingRoom::without_end()), Arc::default());
        let inherited = Inherited { replay_through: bus.last_seq(), seen, summaries };
        let ownership = Ownership::begin(Arc::clone(&tail), taken, inherited);
        let mut cursor = Cursor::at(taken.committed_seq + 1);
        cursor.asked();
        Self { flaw, tail, ownership, cursor, attempt: None }
    }

    /// Reads what the bus delivers, so many messages `off` the one that is due. Answers what became of it.
    pub(super) fn read(&mut self, bus: &Bus, off: i64) -> Result<String, Ended> {
        let Some(pack) = bus.read(self.cursor.next_seq().saturating_add_signed(off)) else {
            return Ok("finds nothing new".to_owned());
        };
        let seq = pack.seq;
        let arrival = self.cursor.meet(seq)?;
        match arrival {
            Arrival::Due => {
                self.ownership.take(&pack)?;
            }
            Arrival::Old => {}
            Arrival::Early => self.cursor.asked(),
        }
        Ok(format!("reads {seq}: {arrival:?}"))
    }

    /// Everything read so far, as one cut.
    pub(super) fn begin_cut(&mut self, now_ms: u64) -> Result<String, Ended> {
        let Some((frozen, ledger)) = self.ownership.begin_cut() else {
            return Ok("has nothing to cut".to_owned());
        };
        let attempt = attempt(&frozen, &ledger, now_ms);
        let (prev_seq, last_seq) = (attempt.cut.prev_seq, attempt.cut.last_seq);
        if self.flaw == Some(Flaw::AcknowledgesFirst) {
            self.ownership.end_cut(CutEnd::Committed { last_seq })?;
        }
        self.attempt = Some(attempt);
        Ok(format!("cuts {prev_seq}..{last_seq}"))
    }

    /// The catalog has answered.
    pub(super) fn end_cut(&mut self, outcome: Outcome) -> Result<String, Ended> {
        let Some(attempt) = self.attempt.take() else { return Ok(String::new()) };
        let end = CutEnd::of(&attempt.cut, outcome);
        if self.flaw != Some(Flaw::AcknowledgesFirst) {
            self.ownership.end_cut(end)?;
        }
        Ok(format!("hears {end:?}"))
    }

    pub(super) fn acknowledged_seq(&self) -> u64 {
        self.tail.state().map_or(0, |state| state.committed_seq)
    }
}

fn attempt(frozen: &Frozen, ledger: &Ledger, now_ms: u64) -> Attempt {
    let name = CutName {
        partition: 0,
        first_seq: frozen.prev_seq + 1,
        last_seq: frozen.last_seq,
        epoch: frozen.epoch,
        attempt: 1,
        at_ms: now_ms,
    };
    let mut rows = Vec::new();
    for (key, batches) in &frozen.tables {
        for batch in batches {
            let times = batch.column_by_name(schema::time_column(key.signal)).unwrap();
            rows.extend_from_slice(times.as_primitive::<Int64Type>().values());
        }
    }
    let quarantined = ledger.quarantined.iter().map(|entry| entry.bytes.to_vec()).collect();
    Attempt { cut: cut_of(&name, frozen, ledger), rows, quarantined }
}
