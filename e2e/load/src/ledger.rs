//! What the client knows: one line before each send, one after each answer, fsynced before the next send.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::corpus::{Shape, Signal};

/// One line. A request that was sent and has no later line is `unknown`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// The corpus of all lines below.
    Corpus(Shape),
    Send {
        request: u64,
        base_ms: u64,
        /// The place of its key in the key file.
        #[serde(default)]
        tenant: u32,
        #[serde(default)]
        signal: Signal,
        /// Spans, data points or log records.
        items: u32,
    },
    /// 2xx without rejected items. `ms`: since the request was due.
    Acknowledged { request: u64, attempts: u32, ms: f64 },
    /// A final answer that was not 2xx, or a partial success.
    Rejected { request: u64, status: String },
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Unknown,
    Acknowledged { ms: f64, attempts: u32 },
    Rejected { status: String },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub base_ms: u64,
    pub tenant: u32,
    pub signal: Signal,
    pub items: u32,
    pub outcome: Outcome,
}

/// Appends lines; each call returns when the line is on disk.
#[derive(Debug)]
pub struct Ledger {
    /// `None`: nobody will ask.
    file: Option<Mutex<File>>,
}

/// A ledger that was read back.
#[derive(Debug, Default)]
pub struct Account {
    pub shape: Shape,
    pub requests: BTreeMap<u64, Entry>,
}

impl Ledger {
    /// Appends to `path`, so that one account can span several runs of one corpus.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.with_context(|| format!("opening the ledger {}", path.display()))?;
        Ok(Self { file: Some(Mutex::new(file)) })
    }

    /// Keeps nothing: for figures about servers whose contents nobody compares.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self { file: None }
    }

    pub fn write(&self, line: &Line) -> anyhow::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&text).context("writing the ledger")?;
        file.sync_data().context("syncing the ledger")
    }
}

impl Account {
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("opening the ledger {}", path.display()))?;
        let mut account = Self::default();
        for (number, line) in BufReader::new(file).lines().enumerate() {
            let line: Line =
                serde_json::from_str(&line?).with_context(|| format!("ledger line {}", number + 1))?;
            account.apply(line);
        }
        Ok(account)
    }

    fn apply(&mut self, line: Line) {
        match line {
            Line::Corpus(shape) => self.shape = shape,
            Line::Send { request, base_ms, tenant, signal, items } => {
                let entry = Entry { base_ms, tenant, signal, items, outcome: Outcome::Unknown };
                self.requests.entry(request).or_insert(entry);
            }
            Line::Acknowledged { request, attempts, ms } => {
                self.settle(request, Outcome::Acknowledged { ms, attempts })
            }
            Line::Rejected { request, status } => self.settle(request, Outcome::Rejected { status }),
        }
    }

    fn settle(&mut self, request: u64, outcome: Outcome) {
        if let Some(entry) = self.requests.get_mut(&request) {
            entry.outcome = outcome;
        }
    }

    /// What one tenant sent.
    #[must_use]
    pub fn of_tenant(&self, tenant: u32) -> Self {
        let of_tenant = self.requests.iter().filter(|(_, entry)| entry.tenant == tenant);
        let requests = of_tenant.map(|(number, entry)| (*number, entry.clone())).collect();
        Self { shape: self.shape.clone(), requests }
    }

    /// Spans, data points and log records of all acknowledged requests.
    #[must_use]
    pub fn acknowledged_items(&self) -> u64 {
        let is_acknowledged = |entry: &&Entry| matches!(entry.outcome, Outcome::Acknowledged { .. });
        self.requests.values().filter(is_acknowledged).map(|entry| u64::from(entry.items)).sum()
    }

    /// The number after the highest one used.
    #[must_use]
    pub fn next_request(&self) -> u64 {
        self.requests.last_key_value().map_or(0, |(number, _)| number + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_an_answer_is_unknown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger");
        let ledger = Ledger::open(&path).unwrap();
        let shape = Shape { seed: 9, traces_per_request: 5, ..Shape::default() };
        ledger.write(&Line::Corpus(shape.clone())).unwrap();
        for request in 0..3 {
            let (signal, tenant) = (Signal::Traces, u32::try_from(request).unwrap());
            ledger.write(&Line::Send { request, base_ms: 1, tenant, signal, items: 40 }).unwrap();
        }
        ledger.write(&Line::Acknowledged { request: 0, attempts: 2, ms: 3.0 }).unwrap();
        ledger.write(&Line::Rejected { request: 1, status: "401".to_owned() }).unwrap();

        let account = Account::read(&path).unwrap();

        let outcomes: Vec<_> = account.requests.values().map(|entry| entry.outcome.clone()).collect();
        assert_eq!(
            outcomes,
            [
                Outcome::Acknowledged { ms: 3.0, attempts: 2 },
                Outcome::Rejected { status: "401".to_owned() },
                Outcome::Unknown,
            ]
        );
        assert_eq!((&account.shape, account.next_request()), (&shape, 3));
        assert_eq!(account.of_tenant(2).requests.keys().collect::<Vec<_>>(), [&2]);
    }
}
