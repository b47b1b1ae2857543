//! Quantiles of bucketed values, as the buckets allow: linear within one.

use std::collections::HashMap;

/// Counts by bucket `(lower, upper]`. Buckets of several series may overlap; each is spread evenly over its width.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Distribution {
    /// (bits of lower, bits of upper) → count.
    cells: HashMap<(u64, u64), f64>,
}

impl Distribution {
    pub(super) fn add(&mut self, lower: f64, upper: f64, count: f64) {
        if count > 0.0 {
            *self.cells.entry((lower.to_bits(), upper.to_bits())).or_default() += count;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (cell, count) in &other.cells {
            *self.cells.entry(*cell).or_default() += count;
        }
    }

    pub(super) fn quantile(&self, q: f64) -> Option<f64> {
        let mut cells: Vec<(f64, f64, f64)> = self
            .cells
            .iter()
            .map(|((lower, upper), count)| (f64::from_bits(*lower), f64::from_bits(*upper), *count))
            .collect();
        cells.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.total_cmp(&b.0)));
        let total: f64 = cells.iter().map(|cell| cell.2).sum();
        let rank = q * total;
        let mut seen = 0.0;
        for (lower, upper, count) in &cells {
            if seen + count >= rank {
                return Some(within(*lower, *upper, (rank - seen) / count));
            }
            seen += count;
        }
        // Rounding of sums may leave the very last rank over.
        cells.last().map(|(lower, upper, _)| within(*lower, *upper, 1.0))
    }
}

/// The value at `share` of a bucket. Of an open one, its only bound is known.
fn within(lower: f64, upper: f64, share: f64) -> f64 {
    match (lower.is_finite(), upper.is_finite()) {
        (true, true) => between(lower, upper, share.clamp(0.0, 1.0)),
        // Below the first bound: counts of things begin at zero.
        (false, true) if upper > 0.0 => upper * share.clamp(0.0, 1.0),
        (false, true) => upper,
        (true, false) => lower,
        (false, false) => 0.0,
    }
}

/// Finite, however far its ends are apart.
fn between(lower: f64, upper: f64, share: f64) -> f64 {
    lower * (1.0 - share) + upper * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_lies_where_its_rank_falls_in_a_bucket() {
        let mut all = Distribution::default();
        all.add(f64::NEG_INFINITY, 10.0, 50.0);
        all.add(10.0, 20.0, 40.0);
        all.add(20.0, f64::INFINITY, 10.0);
        for (q, value) in [(0.25, 5.0), (0.5, 10.0), (0.7, 15.0), (0.95, 20.0)] {
            assert!((all.quantile(q).unwrap() - value).abs() < 1e-9, "{q}");
        }
        assert_eq!(Distribution::default().quantile(0.5), None);
    }

    #[test]
    fn a_bucket_of_all_numbers_has_a_middle() {
        let mut all = Distribution::default();
        all.add(-f64::MAX, f64::MAX, 2.0);
        assert_eq!(all.quantile(0.5), Some(0.0));
    }
}
