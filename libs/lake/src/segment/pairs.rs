//! Which attributes a row group may hold: a filter over (key, value), so that an equality reads only groups that matter.
//!
//! All attributes of rows and of their resources are in it, each value as text: `200`, `true`, `0.5`. A group's filter
//! has a byte or so per distinct pair, and is cut to [`PAIRS_PER_ROW_MAX`]: keys with the most values are left out first,
//! and of those, as of keys with values that are lists or maps, every group answers that it may hold them.

mod collect;

use bytes::{Buf, Bytes};
use xorf::{BinaryFuse8, BinaryFuse8Ref, DmaSerializable, Filter, FilterRef};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{Damage, fuse};

pub(super) use collect::Pairs;

/// Distinct pairs kept of a group, per row: at nine bits each, less than a byte per row.
const PAIRS_PER_ROW_MAX: f64 = 0.8;

fn key_hash(key: &[u8]) -> u64 {
    xxh3_64(key)
}

fn pair_hash(key: u64, value: &[u8]) -> u64 {
    xxh3_64_with_seed(value, key)
}

/// The filters of one segment, by row group.
#[derive(Debug, Clone)]
pub struct PairFilter(Vec<Group>);

/// left out u32 │ hashes of those keys, u64 each │ length of the filter u32 │ descriptor │ fingerprints. A filter of no
/// bytes says nothing.
#[derive(Debug, Clone)]
struct Group {
    left_out: Vec<u64>,
    filter: Bytes,
}

impl PairFilter {
    /// The bytes must have been checked: damaged fingerprints answer anything.
    pub fn new(mut bytes: Bytes) -> Result<Self, Damage> {
        let mut groups = Vec::new();
        while bytes.has_remaining() {
            let count = bytes.try_get_u32_le().map_err(|_| Damage::Truncated)? as usize;
            if bytes.remaining() / 8 < count {
                return Err(Damage::Truncated);
            }
            let left_out = (0..count).map(|_| bytes.get_u64_le()).collect();
            let length = bytes.try_get_u32_le().map_err(|_| Damage::Truncated)? as usize;
            if bytes.remaining() < length {
                return Err(Damage::Truncated);
            }
            let filter = bytes.split_to(length);
            if !filter.is_empty() && !fuse::is_laid_out(&filter) {
                return Err(Damage::Filter);
            }
            groups.push(Group { left_out, filter });
        }
        Ok(Self(groups))
    }

    /// Row groups it speaks of.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `false`: no row of this group, nor its resource, has the attribute with this value.
    #[must_use]
    pub fn may_hold(&self, group: usize, key: &str, value: &str) -> bool {
        let Some(group) = self.0.get(group) else { return true };
        let key = key_hash(key.as_bytes());
        if group.filter.is_empty() || group.left_out.contains(&key) {
            return true;
        }
        let (descriptor, fingerprints) = group.filter.split_at(BinaryFuse8::DESCRIPTOR_LEN);
        BinaryFuse8Ref::from_dma(descriptor, fingerprints).contains(&pair_hash(key, value.as_bytes()))
    }

    /// Bytes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.iter().map(|group| group.filter.len() + group.left_out.len() * 8 + 64).sum()
    }
}

#[cfg(test)]
mod tests;
