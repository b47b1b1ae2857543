//! What an answer in the making keeps of the rows it has seen: it counts in the memory that all questions share.

use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};

use super::{Lake, ScanError};

/// Nothing any more when it is dropped.
#[derive(Debug)]
pub(crate) struct Kept(MemoryReservation);

impl Lake {
    /// Nothing yet.
    pub(crate) fn kept(&self) -> Kept {
        Kept(MemoryConsumer::new("answer").register(&self.state.runtime_env().memory_pool))
    }
}

impl Kept {
    /// So many bytes now. Errs when they are more than there are.
    pub(crate) fn set(&mut self, bytes: usize) -> Result<(), ScanError> {
        self.0.try_resize(bytes).map_err(ScanError::scan)
    }
}
