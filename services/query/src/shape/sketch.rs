//! Percentiles: OpenTelemetry's base-2 exponential histogram at scale 4, over durations in nanoseconds.
//!
//! Bucket `i` holds values in `(2^(i/16), 2^((i+1)/16)]`. The answer is the bucket's geometric middle, so it is off by
//! at most 2^(1/32) − 1 = 2.2 %. Sketches merge by addition and exactly: any split of the same values gives the same
//! answer, which no t-digest can say.

/// Buckets per doubling.
const BUCKETS_PER_DOUBLING: f64 = 16.0;

/// Counts of durations. Grows with the spread of its values, to at most some 1,000 buckets.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sketch {
    /// Values of zero, which have no logarithm.
    zeros: u64,
    /// The index of the first of `counts`.
    first: i32,
    counts: Vec<u32>,
    count: u64,
    sum_ns: u128,
}

impl Sketch {
    /// Negative durations count as zero: clocks step back.
    pub(super) fn add(&mut self, ns: i64) {
        self.count += 1;
        let Some(ns) = u64::try_from(ns).ok().filter(|ns| *ns > 0) else {
            self.zeros += 1;
            return;
        };
        self.sum_ns += u128::from(ns);
        let count = self.bucket(index_of(ns));
        *count = count.saturating_add(1);
    }

    fn bucket(&mut self, index: i32) -> &mut u32 {
        if self.counts.is_empty() {
            self.first = index;
        }
        if index < self.first {
            let more = usize::try_from(self.first - index).unwrap_or(0);
            self.counts.splice(0..0, std::iter::repeat_n(0, more));
            self.first = index;
        }
        let place = usize::try_from(index - self.first).unwrap_or(0);
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        &mut self.counts[place]
    }

    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn mean_ms(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_ns as f64 / self.count as f64 / 1e6)
    }

    /// The value at rank ⌈q × count⌉, within 2.2 %. `None` without values.
    pub(super) fn quantile_ms(&self, q: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let rank = ((q * self.count as f64).ceil() as u64).clamp(1, self.count);
        let mut seen = self.zeros;
        if seen >= rank {
            return Some(0.0);
        }
        for (place, count) in self.counts.iter().enumerate() {
            seen += u64::from(*count);
            if seen >= rank {
                return Some(middle_ns(self.first + i32::try_from(place).unwrap_or(0)) / 1e6);
            }
        }
        None
    }
}

fn index_of(ns: u64) -> i32 {
    (((ns as f64).log2() * BUCKETS_PER_DOUBLING).ceil() as i32) - 1
}

fn middle_ns(index: i32) -> f64 {
    ((f64::from(index) + 0.5) / BUCKETS_PER_DOUBLING).exp2()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sketch(values: &[i64]) -> Sketch {
        let mut sketch = Sketch::default();
        values.iter().for_each(|ns| sketch.add(*ns));
        sketch
    }

    #[test]
    fn nothing_has_no_percentile_and_zero_has_zero() {
        assert_eq!(Sketch::default().quantile_ms(0.5), None);
        assert_eq!(Sketch::default().mean_ms(), None);
        assert_eq!(sketch(&[0, -5, 0]).quantile_ms(0.99), Some(0.0));
    }

    proptest! {
        #[test]
        fn a_percentile_is_within_2_2_percent_of_the_exact_one(
            mut values in proptest::collection::vec(1_i64..4_000_000_000_000, 1..300),
            q in 0.01_f64..1.0,
        ) {
            let answer_ns = sketch(&values).quantile_ms(q).unwrap() * 1e6;
            values.sort_unstable();
            let rank = ((q * values.len() as f64).ceil() as usize).clamp(1, values.len());
            let exact_ns = values[rank - 1] as f64;
            prop_assert!((answer_ns / exact_ns - 1.0).abs() <= 0.022, "{answer_ns} for {exact_ns}");
        }

        #[test]
        fn the_order_of_values_does_not_matter(values in proptest::collection::vec(0_i64..10_000_000, 0..100)) {
            let mut turned = values.clone();
            turned.reverse();
            prop_assert_eq!(sketch(&values), sketch(&turned));
        }
    }
}
