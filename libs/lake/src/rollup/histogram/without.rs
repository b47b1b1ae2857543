//! Taking off what turned out not to belong.

use super::{Histogram, SCALE_MAX, longest_ns};

impl Histogram {
    /// What is left when `taken` was never counted. Both must be of scale 4, as everything that is stored.
    ///
    /// Minimum and maximum are those of the buckets that are left: who held them cannot be known any more. Where more is
    /// taken than there is, nothing is left: half a view of a bucket must not count below zero.
    #[must_use]
    pub fn without(&self, taken: &Self) -> Self {
        debug_assert!(
            self.scale == SCALE_MAX && taken.scale == SCALE_MAX,
            "stored histograms are of scale 4"
        );
        let mut left = Self::new();
        left.zeros = self.zeros.saturating_sub(taken.zeros);
        left.count = left.zeros;
        if left.zeros > 0 {
            left.min_ns = 0;
        }
        for (index, count) in self.buckets() {
            let count = count.saturating_sub(taken.in_bucket(index));
            if count > 0 {
                left.add_to_bucket(index, count);
                left.count = left.count.saturating_add(count);
                left.min_ns = left.min_ns.min(longest_ns(index - 1).saturating_add(1));
                left.max_ns = longest_ns(index);
            }
        }
        if left.count > 0 {
            left.sum_ns = self.sum_ns.saturating_sub(taken.sum_ns);
        }
        left
    }

    fn in_bucket(&self, index: i16) -> u64 {
        let place = usize::from(index.wrapping_sub(self.first) as u16);
        self.counts.get(place).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_added_and_taken_off_again_leaves_no_trace(
            kept in proptest::collection::vec(0_u64..1 << 40, 0..40),
            taken in proptest::collection::vec(0_u64..1 << 40, 0..40),
        ) {
            let of = |durations: &[u64]| {
                let mut histogram = Histogram::new();
                durations.iter().for_each(|ns| histogram.add(*ns));
                histogram
            };
            let mut all = of(&kept);
            all.merge(&of(&taken));
            let left = all.without(&of(&taken));
            prop_assert_eq!(&left, &of(&kept).without(&Histogram::new()));
            prop_assert_eq!(left.count(), kept.len() as u64);
            prop_assert_eq!(left.sum_ns(), kept.iter().map(|ns| u128::from(*ns)).sum::<u128>());
        }
    }
}
