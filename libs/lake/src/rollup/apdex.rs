//! How satisfied people are: the Application Performance Index.
//!
//! Definition: Apdex Alliance, *Application Performance Index – Apdex Technical Specification*, version 1.1, 2007.
//! Satisfied up to T, tolerating up to 4 T, frustrated beyond; both limits belong to the better zone. The score is
//! (satisfied + tolerating / 2) / all.
//!
//! **Errors count as frustrated, however fast they were**: the specification treats them in §4.2, and others count so, too
//! (<https://docs.newrelic.com/docs/apm/new-relic-apm/apdex/apdex-measuring-user-satisfaction>: "not handled properly or
//! took longer"; <https://signoz.io/docs/alerts-management/apdex-alerts>: "or resulted in an error"). What an error is the
//! caller decides; for us it is a transaction with status error.

use super::{Histogram, histogram};

/// Exact counts at one T. Which T it was the caller keeps; counts of different T must not be merged.
///
/// Counters stop at their largest value instead of wrapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Apdex {
    pub satisfied: u64,
    pub tolerating: u64,
    pub frustrated: u64,
}

/// A score that is known to lie between two others, both included and from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreBounds {
    pub at_least: f64,
    pub at_most: f64,
}

impl Apdex {
    /// Counts one transaction. `threshold_ns` is T.
    #[inline]
    pub fn add(&mut self, duration_ns: u64, is_error: bool, threshold_ns: u64) {
        let zone = if is_error || duration_ns > tolerated_ns(threshold_ns) {
            &mut self.frustrated
        } else if duration_ns > threshold_ns {
            &mut self.tolerating
        } else {
            &mut self.satisfied
        };
        *zone = zone.saturating_add(1);
    }

    pub fn merge(&mut self, other: &Self) {
        self.satisfied = self.satisfied.saturating_add(other.satisfied);
        self.tolerating = self.tolerating.saturating_add(other.tolerating);
        self.frustrated = self.frustrated.saturating_add(other.frustrated);
    }

    /// From 0 (everybody frustrated) to 1; `None` if nobody came.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        let [satisfied, tolerating, frustrated] =
            [self.satisfied, self.tolerating, self.frustrated].map(u128::from);
        score_of(2 * satisfied + tolerating, satisfied + tolerating + frustrated)
    }

    /// The score at a T that was not counted at. `succeeded` holds the durations of transactions without error,
    /// `failed` counts the others. `None` if nobody came.
    ///
    /// Exact where T and 4 T are bounds of buckets; otherwise the bounds are apart by half of what lies in the two
    /// buckets that T and 4 T fall into.
    #[must_use]
    pub fn bounds(succeeded: &Histogram, failed: u64, threshold_ns: u64) -> Option<ScoreBounds> {
        let all = u128::from(succeeded.count()) + u128::from(failed);
        let satisfied = succeeded.count_at_or_below(threshold_ns);
        let tolerated = succeeded.count_at_or_below(tolerated_ns(threshold_ns));
        // Who is satisfied is also counted among those up to 4 T: two halves.
        let score = |of: fn(histogram::Bounds) -> u64| {
            score_of(u128::from(of(satisfied)) + u128::from(of(tolerated)), all)
        };
        Some(ScoreBounds {
            at_least: score(|bounds| bounds.at_least)?,
            at_most: score(|bounds| bounds.at_most)?,
        })
    }
}

/// 4 T.
const fn tolerated_ns(threshold_ns: u64) -> u64 {
    threshold_ns.saturating_mul(4)
}

fn score_of(halves: u128, all: u128) -> Option<f64> {
    (all > 0).then(|| halves as f64 / (2 * all) as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const T: u64 = 500_000_000;

    fn of(transactions: &[(u64, bool)]) -> Apdex {
        let mut apdex = Apdex::default();
        transactions.iter().for_each(|(duration, is_error)| apdex.add(*duration, *is_error, T));
        apdex
    }

    fn transactions() -> impl Strategy<Value = Vec<(u64, bool)>> {
        let duration = prop_oneof![0..5 * T, Just(T), Just(4 * T), any::<u64>()];
        proptest::collection::vec((duration, proptest::bool::weighted(0.1)), 0..60)
    }

    #[test]
    fn both_limits_belong_to_the_better_zone_and_errors_frustrate() {
        let cases = [
            (0, false, "satisfied"),
            (T, false, "satisfied"),
            (T + 1, false, "tolerating"),
            (4 * T, false, "tolerating"),
            (4 * T + 1, false, "frustrated"),
            (u64::MAX, false, "frustrated"),
            (0, true, "frustrated"),
        ];
        for (duration, is_error, zone) in cases {
            let Apdex { satisfied, tolerating, frustrated } = of(&[(duration, is_error)]);
            let counted = [(satisfied, "satisfied"), (tolerating, "tolerating"), (frustrated, "frustrated")];
            assert_eq!(
                counted.iter().filter(|(count, _)| *count == 1).map(|(_, name)| *name).collect::<Vec<_>>(),
                [zone]
            );
        }
    }

    #[test]
    fn the_score_is_satisfied_and_half_of_tolerating_by_all() {
        // 60 + 30 / 2 of 100.
        assert_eq!(Apdex { satisfied: 60, tolerating: 30, frustrated: 10 }.score(), Some(0.75));
        assert_eq!(Apdex::default().score(), None);
        assert_eq!(Apdex { satisfied: u64::MAX, tolerating: 0, frustrated: u64::MAX }.score(), Some(0.5));
        assert_eq!(Apdex::bounds(&Histogram::new(), 0, T), None);
        assert_eq!(Apdex::bounds(&Histogram::new(), 3, T), Some(ScoreBounds { at_least: 0.0, at_most: 0.0 }));
    }

    proptest! {
        #[test]
        fn any_split_in_any_order_counts_the_same(all in transactions(), at in any::<prop::sample::Index>()) {
            let (left, right) = all.split_at(at.index(all.len() + 1));
            let (mut there, mut back) = (of(left), of(right));
            there.merge(&of(right));
            back.merge(&of(left));
            prop_assert_eq!(there, of(&all));
            prop_assert_eq!(back, of(&all));
        }

        #[test]
        fn the_exact_score_lies_within_the_bounds_from_the_histogram(all in transactions()) {
            let mut succeeded = Histogram::new();
            all.iter().filter(|(_, is_error)| !is_error).for_each(|(duration, _)| succeeded.add(*duration));
            let failed = all.len() as u64 - succeeded.count();
            match (of(&all).score(), Apdex::bounds(&succeeded, failed, T)) {
                (None, None) => {}
                (Some(exact), Some(ScoreBounds { at_least, at_most })) => {
                    prop_assert!((at_least..=at_most).contains(&exact), "{at_least} <= {exact} <= {at_most}");
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
