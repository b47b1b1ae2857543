//! Which blocks are kept, and which was not used for longest.

use std::collections::{BTreeMap, HashMap};

use super::BlockId;

/// Blocks by their last use, within a bound of bytes.
#[derive(Debug)]
pub(super) struct Recent {
    bytes_max: u64,
    bytes: u64,
    /// With the turn of its last use.
    blocks: HashMap<BlockId, (u64, u64)>,
    by_turn: BTreeMap<u64, BlockId>,
    turn: u64,
}

impl Recent {
    pub(super) fn new(bytes_max: u64) -> Self {
        Self { bytes_max, bytes: 0, blocks: HashMap::new(), by_turn: BTreeMap::new(), turn: 0 }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Marks it as used now; `None` when it is not kept.
    pub(super) fn touch(&mut self, id: &BlockId) -> Option<()> {
        let (_, turn) = self.blocks.get_mut(id)?;
        self.turn += 1;
        self.by_turn.remove(turn);
        *turn = self.turn;
        self.by_turn.insert(self.turn, *id);
        Some(())
    }

    /// Keeps it as the one used last; answers those that must go for it, itself perhaps.
    pub(super) fn insert(&mut self, id: BlockId, bytes: u64) -> Vec<BlockId> {
        self.remove(&id);
        self.turn += 1;
        self.blocks.insert(id, (bytes, self.turn));
        self.by_turn.insert(self.turn, id);
        self.bytes += bytes;
        self.shrink_to(self.bytes_max)
    }

    /// Answers those that must go for so many bytes less.
    pub(super) fn give_up(&mut self, bytes: u64) -> Vec<BlockId> {
        self.shrink_to(self.bytes.saturating_sub(bytes))
    }

    fn shrink_to(&mut self, bytes_max: u64) -> Vec<BlockId> {
        let mut gone = Vec::new();
        while self.bytes > bytes_max
            && let Some((_, oldest)) = self.by_turn.first_key_value()
        {
            let oldest = *oldest;
            self.remove(&oldest);
            gone.push(oldest);
        }
        gone
    }

    pub(super) fn remove(&mut self, id: &BlockId) {
        if let Some((bytes, turn)) = self.blocks.remove(id) {
            self.by_turn.remove(&turn);
            self.bytes -= bytes;
        }
    }
}
