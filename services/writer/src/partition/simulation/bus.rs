//! The partition's stream: what was appended, until it is purged.

use bytes::Bytes;

#[derive(Debug, Default)]
pub(super) struct Bus {
    packs: Vec<Bytes>,
    purged_seq: u64,
}

impl Bus {
    /// Answers the sequence.
    pub(super) fn append(&mut self, pack: Bytes) -> u64 {
        self.packs.push(pack);
        self.last_seq()
    }

    pub(super) fn last_seq(&self) -> u64 {
        self.packs.len() as u64
    }

    /// The message at `seq`, or the first one after it that is still there.
    pub(super) fn read(&self, seq: u64) -> Option<(u64, Bytes)> {
        let seq = seq.max(self.purged_seq + 1);
        let index = usize::try_from(seq - 1).unwrap();
        self.packs.get(index).map(|pack| (seq, pack.clone()))
    }

    pub(super) fn purge_through(&mut self, seq: u64) {
        self.purged_seq = self.purged_seq.max(seq);
    }
}
