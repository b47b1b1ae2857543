//! The partition's stream: what was appended, until it is purged.

use bytes::Bytes;

use crate::bus::packs::PackMessage;

#[derive(Debug, Default)]
pub(super) struct Bus {
    /// Each with the time it was stored, unix ms.
    packs: Vec<(u64, Bytes)>,
    purged_seq: u64,
}

impl Bus {
    /// Answers the sequence.
    pub(super) fn append(&mut self, pack: Bytes, now_ms: u64) -> u64 {
        self.packs.push((now_ms, pack));
        self.last_seq()
    }

    pub(super) fn last_seq(&self) -> u64 {
        self.packs.len() as u64
    }

    /// The message at `seq`, or the first one after it that is still there.
    pub(super) fn read(&self, seq: u64) -> Option<PackMessage> {
        let seq = seq.max(self.purged_seq + 1);
        let index = usize::try_from(seq - 1).unwrap();
        let (at_ms, payload) = self.packs.get(index)?.clone();
        Some(PackMessage { seq, at_ms, payload })
    }

    pub(super) fn purge_through(&mut self, seq: u64) {
        self.purged_seq = self.purged_seq.max(seq);
    }
}
