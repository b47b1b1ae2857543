//! Durations of transactions as answers say them: in ms, from the lake's histogram, off by at most 2.2 %.

use naru_lake::rollup::Histogram;

use super::Ms;

#[derive(Debug, Clone, Default)]
pub(super) struct Durations(Histogram);

impl Durations {
    /// Negative durations count as zero: clocks step back.
    pub(super) fn add(&mut self, ns: i64) {
        self.0.add(u64::try_from(ns).unwrap_or(0));
    }

    /// `None` without values, as every other answer here.
    pub(super) fn mean_ms(&self) -> Option<Ms> {
        self.0.mean_ns().map(|ns| ns / 1e6)
    }

    pub(super) fn quantile_ms(&self, q: f64) -> Option<Ms> {
        self.0.quantile_ns(q).map(|ns| ns / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_no_percentile_and_steps_back_are_zero() {
        let mut durations = Durations::default();
        assert_eq!((durations.quantile_ms(0.5), durations.mean_ms()), (None, None));
        durations.add(-5);
        durations.add(0);
        assert_eq!((durations.0.count(), durations.quantile_ms(0.99)), (2, Some(0.0)));
        durations.add(3_000_000);
        assert_eq!((durations.quantile_ms(1.0), durations.mean_ms()), (Some(3.0), Some(1.0)));
    }
}
