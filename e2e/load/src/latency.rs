//! Answer times from the moment a request was due, so that a sender that waits for a slow server hides nothing.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hdrhistogram::Histogram;

/// 1 µs to 10 min with three digits.
const LONGEST_US: u64 = 600_000_000;
const DIGITS: u8 = 3;

#[derive(Debug)]
pub struct Latency(Mutex<Histogram<u64>>);

impl Default for Latency {
    fn default() -> Self {
        let histogram = Histogram::new_with_bounds(1, LONGEST_US, DIGITS);
        Self(Mutex::new(histogram.expect("the bounds are those of a histogram")))
    }
}

impl Latency {
    pub fn add(&self, elapsed: Duration) {
        let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(micros);
    }

    /// In ms; 0 of none.
    #[must_use]
    pub fn quantile_ms(&self, quantile: f64) -> f64 {
        let histogram = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        histogram.value_at_quantile(quantile) as f64 / 1e3
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p90, p99, p999, max] = [0.5, 0.9, 0.99, 0.999, 1.0].map(|q| self.quantile_ms(q));
        write!(f, "p50 {p50:.1}, p90 {p90:.1}, p99 {p99:.1}, p99.9 {p999:.1}, max {max:.1} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_come_back_within_a_thousandth() {
        let latency = Latency::default();
        (1..=1_000).for_each(|ms| latency.add(Duration::from_millis(ms)));
        assert!((latency.quantile_ms(0.5) - 500.0).abs() < 0.6);
        assert!((latency.quantile_ms(0.99) - 990.0).abs() < 1.1);
        assert_eq!(Latency::default().quantile_ms(0.99), 0.0);
    }
}
