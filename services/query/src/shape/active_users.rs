//! Who uses a project: told apart by user id, else session id, else address and user agent.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
};

use arrow::array::RecordBatch;

use crate::{
    parse::Step,
    scan::{Rows, ScanError, text},
};

pub(crate) const COLUMNS: &[&str] =
    &["start_ns", "is_entry", "service_name", "user_id", "session_id", "client_address", "user_agent"];

const IDENTITIES: [&str; 3] = ["user", "session", "client"];

/// Distinct identities per step, as 64-bit hashes: names of people are not held.
#[derive(Debug)]
pub(crate) struct Fold {
    step: Step,
    columns: Vec<HashSet<u64>>,
    /// Transactions by the identity they were told apart by.
    by_identity: [u64; 3],
    hasher: RandomState,
}

impl Fold {
    #[must_use]
    pub(crate) fn new(step: Step) -> Self {
        let columns = vec![HashSet::new(); step.columns()];
        Self { step, columns, by_identity: [0; 3], hasher: RandomState::new() }
    }

    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let starts = rows.i64s("start_ns")?;
        let (users, sessions) = (rows.texts("user_id")?, rows.texts("session_id")?);
        let (addresses, agents) = (rows.texts("client_address")?, rows.texts("user_agent")?);
        for row in 0..batch.num_rows() {
            let who = [text(users, row), text(sessions, row), text(addresses, row)];
            // A request without any of them, as a cron job's, is nobody's.
            let Some((identity, name)) =
                who.into_iter().enumerate().find_map(|(identity, name)| Some((identity, name?)))
            else {
                continue;
            };
            let agent = if identity == 2 { text(agents, row) } else { None };
            let column = self.step.column_of(starts.value(row));
            if let Some(column) = column.and_then(|column| self.columns.get_mut(column)) {
                column.insert(self.hasher.hash_one((identity, name, agent)));
                self.by_identity[identity] += 1;
            }
        }
        Ok(())
    }

    /// In memory, about: a table of hashes has room for half as many again.
    pub(crate) fn bytes(&self) -> usize {
        self.columns.iter().map(|users| users.capacity() * 9).sum()
    }

    pub(crate) fn counts(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(HashSet::len)
    }

    /// What most transactions are told apart by; `None` without any.
    #[must_use]
    pub(crate) fn identity(&self) -> Option<&'static str> {
        let most = (0..IDENTITIES.len()).rev().max_by_key(|identity| self.by_identity[*identity])?;
        (self.by_identity[most] > 0).then_some(IDENTITIES[most])
    }
}
