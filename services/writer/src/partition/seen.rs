//! Entry ids of the last hour: what comes again is dropped before tail and usage.
//!
//! The hour is the stream's, as far as it is committed, and no clock's here: bytes that were sent again may lie on the bus for
//! as long as nobody reads it, and are as near to the first ones then as they were.

use std::collections::{HashSet, VecDeque};

use naru_lake::catalog::commit::ENTRY_MEMORY_S;

const MEMORY_MS: u64 = ENTRY_MEMORY_S * 1_000;

/// Ids in the tail, and ids of cuts within the last hour of the stream that is committed.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    ids: HashSet<u128>,
    /// With the time of their cut's newest pack on the bus, unix ms; oldest first.
    committed: VecDeque<(u64, Vec<u128>)>,
    newest_ms: u64,
}

impl Seen {
    /// From the catalog at takeover: ids with their cut's time, oldest first.
    pub(crate) fn new(recent: Vec<(u128, u64)>) -> Self {
        let mut seen = Self::default();
        for (id, at_ms) in recent {
            seen.ids.insert(id);
            seen.newest_ms = seen.newest_ms.max(at_ms);
            match seen.committed.back_mut() {
                Some((same_ms, ids)) if *same_ms >= at_ms => ids.push(id),
                _ => seen.committed.push_back((at_ms, vec![id])),
            }
        }
        seen
    }

    /// True the first time.
    pub(crate) fn insert(&mut self, id: u128) -> bool {
        self.ids.insert(id)
    }

    /// How far the stream is committed, in its own time; unix ms.
    pub(crate) fn newest_ms(&self) -> u64 {
        self.newest_ms
    }

    /// A cut with these ids is committed, whose newest pack came to the bus at `at_ms`. Ids of cuts more than an hour before
    /// it are forgotten.
    pub(crate) fn committed(&mut self, ids: Vec<u128>, at_ms: u64) {
        self.newest_ms = self.newest_ms.max(at_ms);
        self.committed.push_back((self.newest_ms, ids));
        let oldest_ms = self.newest_ms.saturating_sub(MEMORY_MS);
        while self.committed.front().is_some_and(|(at_ms, _)| *at_ms < oldest_ms) {
            for id in self.committed.pop_front().map(|(_, ids)| ids).unwrap_or_default() {
                self.ids.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_795_000_000_000;

    #[test]
    fn an_id_is_new_once_within_its_hour() {
        let mut seen = Seen::new(vec![(1, NOW_MS - 5_000)]);
        assert_eq!(seen.newest_ms(), NOW_MS - 5_000);
        assert!(seen.insert(2));
        seen.committed(vec![2], NOW_MS);
        assert!(!seen.insert(1) && !seen.insert(2));
        assert_eq!(seen.newest_ms(), NOW_MS);
    }

    #[test]
    fn an_id_past_its_hour_is_forgotten_at_the_next_commit() {
        let mut seen = Seen::default();
        assert!(seen.insert(7));
        seen.committed(vec![7], NOW_MS);
        seen.committed(vec![], NOW_MS + MEMORY_MS);
        assert!(!seen.insert(7));
        seen.committed(vec![], NOW_MS + MEMORY_MS + 1);
        assert!(seen.insert(7));
    }

    #[test]
    fn a_bus_whose_clock_is_set_back_makes_no_id_look_old() {
        let mut seen = Seen::new(vec![(1, NOW_MS)]);
        assert!(seen.insert(2));
        seen.committed(vec![2], NOW_MS - 2 * MEMORY_MS);
        assert_eq!(seen.newest_ms(), NOW_MS);
        seen.committed(vec![], NOW_MS + MEMORY_MS);
        assert!(!seen.insert(1) && !seen.insert(2));
    }
}
