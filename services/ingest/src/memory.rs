//! What all requests together may hold in memory: taken as their bytes arrive, given back when their packs are gone.
//!
//! Without it a thousand slow clients with large bodies, or a bus that hangs, would be the end of the process.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::answer::Refusal;

/// The semaphore counts in these: its own counter has 32 bits.
const UNIT_BYTES: usize = 1_024;

#[derive(Debug, Clone)]
pub(crate) struct Memory(Arc<Semaphore>);

/// What one request holds; given back when dropped.
#[derive(Debug)]
pub(crate) struct Reserved {
    all: Arc<Semaphore>,
    permit: OwnedSemaphorePermit,
    bytes: usize,
}

impl Memory {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self(Arc::new(Semaphore::new(units(bytes_max).clamp(1, Semaphore::MAX_PERMITS))))
    }

    /// Nothing yet.
    pub(crate) fn reserve(&self) -> Result<Reserved, Refusal> {
        let all = Arc::clone(&self.0);
        let permit = Arc::clone(&all).try_acquire_many_owned(0).map_err(|_| Refusal::Busy)?;
        Ok(Reserved { all, permit, bytes: 0 })
    }
}

impl Reserved {
    /// Takes more. What was taken before stays taken if there is no more to have.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.set(self.bytes.saturating_add(bytes))
    }

    /// Holds `bytes` from now on, whatever it was before.
    pub(crate) fn set(&mut self, bytes: usize) -> Result<(), Refusal> {
        let (held, wanted) = (units(self.bytes), units(bytes));
        if wanted > held {
            let more = u32::try_from(wanted - held).map_err(|_| Refusal::Busy)?;
            let more = Arc::clone(&self.all).try_acquire_many_owned(more).map_err(|_| Refusal::Busy)?;
            self.permit.merge(more);
        } else {
            drop(self.permit.split(held - wanted));
        }
        self.bytes = bytes;
        Ok(())
    }
}

fn units(bytes: usize) -> usize {
    bytes.div_ceil(UNIT_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_over_all_requests_and_given_back() {
        let memory = Memory::new(10 * UNIT_BYTES);
        let (mut one, mut other) = (memory.reserve().unwrap(), memory.reserve().unwrap());
        assert_eq!(one.grow(9 * UNIT_BYTES), Ok(()));
        assert_eq!(other.grow(2 * UNIT_BYTES), Err(Refusal::Busy));
        assert_eq!(one.set(8 * UNIT_BYTES), Ok(()));
        assert_eq!(other.grow(2 * UNIT_BYTES), Ok(()));
        drop(one);
        assert_eq!(other.grow(8 * UNIT_BYTES), Ok(()));
        assert_eq!(other.grow(1), Err(Refusal::Busy));
    }
}
