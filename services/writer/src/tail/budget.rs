//! Memory of all tails of this process, counted in one place.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts bytes in tails. Nothing is refused here: partitions look, cut, and stop pulling.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes_max: usize,
    used: AtomicUsize,
}

impl Budget {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { bytes_max: bytes_max.max(1), used: AtomicUsize::new(0) }
    }

    pub(crate) fn take(&self, bytes: usize) {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        metrics::gauge!("writer_tail_bytes").set(used as f64);
    }

    pub(crate) fn give_back(&self, bytes: usize) {
        let before = self.used.fetch_sub(bytes, Ordering::Relaxed);
        metrics::gauge!("writer_tail_bytes").set(before.saturating_sub(bytes) as f64);
    }

    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Time to cut: the second half is for what comes while the first is written.
    pub(crate) fn is_half_full(&self) -> bool {
        self.used() >= self.bytes_max / 2
    }

    /// Time to stop pulling.
    pub(crate) fn is_full(&self) -> bool {
        self.used() >= self.bytes_max
    }
}
