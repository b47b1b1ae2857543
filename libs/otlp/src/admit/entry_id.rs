//! The id by which a writer knows bytes it has stored before.

use std::fmt;

use naru_ids::ProjectId;
use naru_signal::Signal;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// 128 bits over project, signal, the request's decompressed bytes, and the entry's place in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub u128);

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// The hash of a whole request, computed once for all its entries.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestHash(u128);

impl RequestHash {
    pub(super) fn of(project: ProjectId, signal: Signal, request: &[u8]) -> Self {
        let mut hasher = Xxh3::new();
        hasher.update(project.uuid().as_bytes());
        hasher.update(&[signal.code()]);
        hasher.update(request);
        Self(hasher.digest128())
    }

    /// `index` counts the places where a cut may fall, not the entries that came out: when a resend leaves out spans
    /// that have grown too old meanwhile, the others keep their ids.
    pub(super) fn entry(self, index: u32) -> EntryId {
        let mut bytes = [0; 20];
        bytes[..16].copy_from_slice(&self.0.to_be_bytes());
        bytes[16..].copy_from_slice(&index.to_be_bytes());
        EntryId(xxh3_128(&bytes))
    }
}

/// The id of a request's `index`-th entry.
#[must_use]
pub fn entry_id(project: ProjectId, signal: Signal, request: &[u8], index: u32) -> EntryId {
    RequestHash::of(project, signal, request).entry(index)
}
