//! Sets and maps of hashes, which need not be hashed again.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

pub(super) type HashedSet = HashSet<u64, BuildHasherDefault<AsIs>>;
pub(super) type HashedMap<T> = HashMap<u64, T, BuildHasherDefault<AsIs>>;

/// Takes a `u64` for its hash.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The hash of a few small numbers in order.
pub(super) fn hash_of(numbers: impl Iterator<Item = u64>) -> u64 {
    let hash = numbers.fold(0_u64, |hash, number| {
        (hash.rotate_left(5) ^ number.wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    hash ^ (hash >> 32)
}
