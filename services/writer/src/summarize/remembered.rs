//! Fingerprints that were made once: the same few statements and exceptions come again and again.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::key::HashMap;

/// Of an entry, besides its texts: the key, and its place in the map.
const ENTRY_BYTES: usize = 96;

/// Room that all projects of a partition share.
#[derive(Debug)]
pub(crate) struct Memory {
    bytes_max: usize,
    bytes: AtomicUsize,
}

impl Memory {
    pub(crate) const fn new(bytes_max: usize) -> Self {
        Self { bytes_max, bytes: AtomicUsize::new(0) }
    }

    fn has_room_for(&self, bytes: usize) -> bool {
        self.bytes.load(Ordering::Relaxed) + bytes <= self.bytes_max
    }
}

/// What one project remembers of one kind. In a quarter of the room at most; it forgets all at once, and what matters is
/// back at once.
#[derive(Debug)]
pub(super) struct Remembered<T> {
    by_hash: HashMap<u128, T>,
    bytes: usize,
    memory: Arc<Memory>,
}

impl<T> Remembered<T> {
    pub(super) fn new(memory: Arc<Memory>) -> Self {
        Self { by_hash: HashMap::default(), bytes: 0, memory }
    }

    pub(super) fn get(&self, hash: u128) -> Option<&T> {
        self.by_hash.get(&hash)
    }

    /// Keeps it if there is room. `text_bytes` is what it holds.
    pub(super) fn keep(&mut self, hash: u128, value: T, text_bytes: usize) {
        let bytes = text_bytes + ENTRY_BYTES;
        // No project fills the room for all others.
        if self.bytes + bytes > self.memory.bytes_max / 4 {
            self.forget();
        }
        if self.memory.has_room_for(bytes) && self.by_hash.insert(hash, value).is_none() {
            self.bytes += bytes;
            self.memory.bytes.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn forget(&mut self) {
        self.by_hash = HashMap::default();
        self.memory.bytes.fetch_sub(std::mem::take(&mut self.bytes), Ordering::Relaxed);
    }
}

impl<T> Drop for Remembered<T> {
    fn drop(&mut self) {
        self.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_comes_the_room_of_all_projects_is_enough() {
        let memory = Arc::new(Memory::new(1_000));
        let [mut one, mut other] = [(); 2].map(|()| Remembered::new(Arc::clone(&memory)));
        for hash in 0..100 {
            one.keep(hash, (), 54);
            other.keep(hash, (), 54);
            assert!(memory.bytes.load(Ordering::Relaxed) <= 1_000);
        }
        one.keep(7, (), 2_000);
        assert_eq!((one.by_hash.len(), one.bytes), (0, 0), "larger than the room");
        other.keep(7, (), 54);
        assert!(other.get(7).is_some());
        drop((one, other));
        assert_eq!(memory.bytes.load(Ordering::Relaxed), 0);
    }
}
