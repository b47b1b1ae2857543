//! Whether the partitions are where they should be, for readiness.

use std::sync::{Mutex, PoisonError};

use naru_runtime::Health;

const DEPENDENCY: &str = "partitions";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not yet taken, by us or anybody.
    Waiting,
    Ours,
    /// Another writer serves it.
    Elsewhere,
    /// Stopped until a person acts.
    Halted,
}

/// Ready = every partition is ours or another writer's.
#[derive(Debug)]
pub(crate) struct Status {
    states: Mutex<Vec<State>>,
    health: Health,
}

impl Status {
    pub(super) fn new(partitions: u16, health: Health) -> Self {
        health.set(DEPENDENCY, false);
        Self { states: Mutex::new(vec![State::Waiting; usize::from(partitions)]), health }
    }

    pub(crate) fn taken(&self, partition: u16) {
        self.set(partition, State::Ours);
    }

    pub(crate) fn ended(&self, partition: u16, halted: bool, busy: bool) {
        let state = match (halted, busy) {
            (true, _) => State::Halted,
            (_, true) => State::Elsewhere,
            _ => State::Waiting,
        };
        self.set(partition, state);
    }

    fn set(&self, partition: u16, state: State) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states[usize::from(partition)] = state;
        let count = |wanted| states.iter().filter(|state| **state == wanted).count();
        metrics::gauge!("writer_partitions_owned").set(count(State::Ours) as f64);
        metrics::gauge!("writer_partitions_halted").set(count(State::Halted) as f64);
        self.health.set(DEPENDENCY, count(State::Waiting) + count(State::Halted) == 0);
    }
}
