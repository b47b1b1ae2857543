//! How much of a server's answers still passes a gate.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

pub(super) const WHOLE: u64 = u64::MAX;

/// Bytes of answers on all connections of a gate together.
#[derive(Debug, Clone)]
pub(super) struct Passes(Arc<AtomicU64>);

impl Default for Passes {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(WHOLE)))
    }
}

impl Passes {
    pub(super) fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::SeqCst);
    }

    /// How many of these bytes pass.
    pub(super) fn take(&self, length: usize) -> usize {
        let left = self.0.load(Ordering::SeqCst);
        let passing = usize::try_from(left).unwrap_or(usize::MAX).min(length);
        if left != WHOLE {
            self.0.store(left - passing as u64, Ordering::SeqCst);
        }
        passing
    }
}
