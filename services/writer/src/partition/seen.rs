//! Entry ids of the last hour: what comes again is dropped before tail and usage.

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

use naru_lake::catalog::commit::ENTRY_MEMORY_S;

const MEMORY: Duration = Duration::from_secs(ENTRY_MEMORY_S);

/// Ids in the tail, and ids committed within the last hour.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    ids: HashSet<u128>,
    /// When these were committed, oldest first.
    committed: VecDeque<(Instant, Vec<u128>)>,
}

impl Seen {
    /// From the catalog at takeover: (id, age in seconds), oldest first.
    pub(crate) fn new(recent: Vec<(u128, u64)>, now: Instant) -> Self {
        let mut seen = Self::default();
        for (id, age_s) in recent {
            seen.ids.insert(id);
            // A clock that starts with the machine may not reach back that far; then the id stays a little longer.
            let at = now.checked_sub(Duration::from_secs(age_s)).unwrap_or(now);
            match seen.committed.back_mut() {
                Some((same, ids)) if *same >= at => ids.push(id),
                _ => seen.committed.push_back((at, vec![id])),
            }
        }
        seen
    }

    /// True the first time.
    pub(crate) fn insert(&mut self, id: u128) -> bool {
        self.ids.insert(id)
    }

    /// These ids' hour begins now; those whose hour is over are forgotten.
    pub(crate) fn committed(&mut self, ids: Vec<u128>, now: Instant) {
        self.committed.push_back((now, ids));
        while self.committed.front().is_some_and(|(at, _)| now.duration_since(*at) > MEMORY) {
            for id in self.committed.pop_front().map(|(_, ids)| ids).unwrap_or_default() {
                self.ids.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_once_within_its_hour() {
        let now = Instant::now();
        let mut seen = Seen::new(vec![(1, 5)], now);
        assert!(seen.insert(2));
        seen.committed(vec![2], now);
        assert!(!seen.insert(1) && !seen.insert(2));
    }

    #[test]
    fn an_id_past_its_hour_is_forgotten_at_the_next_commit() {
        let now = Instant::now();
        let mut seen = Seen::default();
        assert!(seen.insert(7));
        seen.committed(vec![7], now);
        seen.committed(vec![], now + MEMORY);
        assert!(!seen.insert(7));
        seen.committed(vec![], now + MEMORY + Duration::from_secs(1));
        assert!(seen.insert(7));
    }
}
