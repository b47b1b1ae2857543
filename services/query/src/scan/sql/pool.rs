//! A share of the memory that all scans have together: one statement cannot take what others need.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use datafusion::{
    error::{DataFusionError, Result},
    execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation},
};

#[derive(Debug)]
pub(super) struct Share {
    whole: Arc<dyn MemoryPool>,
    bytes_max: usize,
    used: AtomicUsize,
}

impl Share {
    pub(super) const fn of(whole: Arc<dyn MemoryPool>, bytes_max: usize) -> Self {
        Self { whole, bytes_max, used: AtomicUsize::new(0) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "share(used: {}, of: {})", self.reserved(), self.bytes_max)
    }
}

impl MemoryPool for Share {
    fn name(&self) -> &str {
        "share"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.whole.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.whole.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.used.fetch_add(additional, Ordering::Relaxed);
        self.whole.grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.used.fetch_sub(shrink, Ordering::Relaxed);
        self.whole.shrink(reservation, shrink);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        let grown = |used: usize| used.checked_add(additional).filter(|used| *used <= self.bytes_max);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).map_err(|used| {
            let words = format!("a statement needs {additional} bytes more than the {used} it has");
            DataFusionError::ResourcesExhausted(words)
        })?;
        self.whole.try_grow(reservation, additional).inspect_err(|_| {
            self.used.fetch_sub(additional, Ordering::Relaxed);
        })
    }

    fn reserved(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use datafusion::execution::memory_pool::GreedyMemoryPool;

    use super::*;

    #[test]
    fn one_statement_leaves_something_for_the_others_and_gives_all_back() {
        let whole: Arc<dyn MemoryPool> = Arc::new(GreedyMemoryPool::new(100));
        let share: Arc<dyn MemoryPool> = Arc::new(Share::of(Arc::clone(&whole), 60));
        let one = MemoryConsumer::new("one").register(&share);
        assert!(one.try_grow(60).is_ok());
        assert!(one.try_grow(1).is_err());
        assert_eq!((share.reserved(), whole.reserved()), (60, 60));
        let other = MemoryConsumer::new("other").register(&whole);
        assert!(other.try_grow(40).is_ok());
        drop(one);
        assert_eq!((share.reserved(), whole.reserved()), (0, 40));
        let again = MemoryConsumer::new("again").register(&share);
        assert!(other.try_grow(30).is_ok());
        // The share has room, and the whole has none.
        assert!(again.try_grow(50).is_err());
        assert_eq!(share.reserved(), 0);
    }
}
