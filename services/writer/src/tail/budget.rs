//! Memory of all tails of this process, counted in one place and shared fairly.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts bytes in tails. Nothing is refused here: partitions look, cut, and stop pulling.
///
/// Three quarters are whoever's comes first. The last quarter is divided among the partitions: one that holds less than its
/// share goes on whatever the others hold, so that no flood in one hides the rows of another.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes_max: usize,
    partitions: usize,
    used: AtomicUsize,
}

impl Budget {
    pub(crate) fn new(bytes_max: usize, partitions: u16) -> Self {
        Self {
            bytes_max: bytes_max.max(1),
            partitions: usize::from(partitions.max(1)),
            used: AtomicUsize::new(0),
        }
    }

    pub(crate) fn take(&self, bytes: usize) {
        let used = self.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        metrics::gauge!("writer_tail_bytes").set(used as f64);
    }

    pub(crate) fn give_back(&self, bytes: usize) {
        let before = self.used.fetch_sub(bytes, Ordering::Relaxed);
        metrics::gauge!("writer_tail_bytes").set(before.saturating_sub(bytes) as f64);
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// What a partition may always hold.
    fn share(&self) -> usize {
        self.bytes_max / 4 / self.partitions
    }

    /// Time to cut: the second half is for what comes while the first is written.
    pub(crate) fn is_half_full(&self) -> bool {
        self.used() >= self.bytes_max / 2
    }

    /// Should a partition that holds `own` bytes cut before its time? Cutting one below its share frees next to nothing.
    /// `own` is asked only when it matters.
    pub(crate) fn asks_for_a_cut(&self, own: impl FnOnce() -> usize) -> bool {
        self.is_half_full() && own() >= self.share()
    }

    /// May a partition that holds `own` bytes pull?
    pub(crate) fn may_pull(&self, own: impl FnOnce() -> usize) -> bool {
        self.used() < self.bytes_max - self.bytes_max / 4 || own() < self.share()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_in_one_partition_leaves_every_other_its_share() {
        let budget = Budget::new(1_600, 4);
        let mut held = [0_usize; 4];
        let fill = |partition: usize, held: &mut [usize; 4]| {
            while budget.may_pull(|| held[partition]) {
                budget.take(10);
                held[partition] += 10;
            }
        };
        fill(0, &mut held);
        assert_eq!(held, [1_200, 0, 0, 0]);
        for partition in 1..4 {
            fill(partition, &mut held);
        }
        assert_eq!(held, [1_200, 100, 100, 100]);
        assert!(held.iter().sum::<usize>() <= 1_600);
        // Those that hold their share cut, and go on.
        assert!(held.iter().all(|&own| budget.asks_for_a_cut(|| own)));
        assert!(!budget.asks_for_a_cut(|| 90));
        budget.give_back(100);
        assert!(budget.may_pull(|| 0) && !budget.may_pull(|| 1_200));
    }

    #[test]
    fn one_partition_alone_may_use_all_of_it() {
        let budget = Budget::new(1_000, 1);
        budget.take(700);
        assert!(budget.may_pull(|| 700));
        budget.take(50);
        assert!(!budget.may_pull(|| 750) && budget.asks_for_a_cut(|| 750));
    }
}
