//! Summaries by key, while they are counted.

use std::sync::Arc;

use arrow::{array::RecordBatch, error::ArrowError};
use naru_lake::rollup::{Grain, Kind, RowKey, Summary, Sums, rows};
use std::collections::{HashMap as StdMap, HashSet as StdSet, hash_map::Entry};

use super::names::{NameId, Texts};

/// Keys are small and met often: a hash of a few instructions. Seeded per process, so nobody can choose collisions.
pub(crate) type HashMap<K, V> = StdMap<K, V, ahash::RandomState>;
pub(crate) type HashSet<K> = StdSet<K, ahash::RandomState>;

/// What rows add up under; names are numbers here, as they are met a million times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) at_ns: i64,
    pub(super) service: NameId,
    pub(super) name: NameId,
}

/// Two histograms of a few dozen buckets, and the key.
const SUMMARY_BYTES: usize = 640;
/// Registers of HyperLogLog.
const PEOPLE_BYTES: usize = 4_096;
/// Samples, and a statement or title of usual length.
const TEXT_BYTES: usize = 1_536;

/// Summaries of one project, in buckets of 10 s.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    summaries: HashMap<Key, Summary>,
    bytes: usize,
}

impl Counted {
    #[inline]
    pub(super) fn at(&mut self, key: Key) -> &mut Summary {
        match self.summaries.entry(key) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(free) => {
                self.bytes += bytes_of(key.kind);
                free.insert(Summary::default())
            }
        }
    }

    pub(super) fn only(&self, wants: impl Fn(Kind, i64) -> bool) -> Self {
        let wanted = self.summaries.iter().filter(|(key, _)| wants(key.kind, key.at_ns));
        let summaries: HashMap<Key, Summary> = wanted.map(|(key, summary)| (*key, summary.clone())).collect();
        let bytes = summaries.keys().map(|key| bytes_of(key.kind)).sum();
        Self { summaries, bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.summaries.is_empty()
    }

    /// In memory, about.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Of a summary, about.
const fn bytes_of(kind: Kind) -> usize {
    match kind {
        Kind::Users => SUMMARY_BYTES + PEOPLE_BYTES,
        Kind::Statement | Kind::Exception | Kind::Slowest => SUMMARY_BYTES + TEXT_BYTES,
        _ => SUMMARY_BYTES,
    }
}

/// Summaries that are not counted on, with the texts their names stand for.
#[derive(Debug, Clone)]
pub(crate) struct Frozen {
    pub(crate) counted: Arc<Counted>,
    pub(super) texts: Texts,
}

impl Frozen {
    /// Those that `wants`, in buckets of `grain`.
    pub(crate) fn add_to(&self, sums: &mut Sums, grain: Grain, wants: impl Fn(Kind, i64) -> bool) {
        for (key, summary) in self.counted.summaries.iter().filter(|(key, _)| wants(key.kind, key.at_ns)) {
            let row = RowKey {
                kind: key.kind,
                at_ns: grain.floor(key.at_ns),
                service: self.texts.get(key.service).into(),
                name: self.texts.get(key.name).into(),
            };
            sums.merge(row, summary.clone());
        }
    }

    /// As rows of a cut.
    pub(crate) fn rows(&self) -> Result<RecordBatch, ArrowError> {
        let mut builder = rows::Builder::default();
        for (key, summary) in &self.counted.summaries {
            let (service, name) = (self.texts.get(key.service), self.texts.get(key.name));
            builder.push(key.kind, key.at_ns, service, name, summary);
        }
        builder.finish()
    }
}
