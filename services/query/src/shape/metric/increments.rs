//! From points as they were sent to what each adds: cumulative series become increments, resets are seen.

use super::{aggregate::Contribution, buckets::Buckets, quantile::Distribution};

/// One stored data point.
#[derive(Debug, Clone, Default)]
pub(super) struct Point {
    pub(super) time_ns: i64,
    /// When a cumulative series began to count.
    pub(super) start_ns: Option<i64>,
    pub(super) value: Option<f64>,
    pub(super) count: Option<f64>,
    pub(super) sum: Option<f64>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    /// No recorded value lies beyond these: least and most since the series began, when its agent says them.
    pub(super) bounds: (Option<f64>, Option<f64>),
    pub(super) buckets: Option<Buckets>,
}

/// What a series' points mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// Gauges and sums that go up and down: each value stands for itself.
    Level,
    /// Each point is what was added since the one before.
    Delta,
    /// Each point is everything since the start.
    Cumulative,
}

impl Nature {
    pub(super) fn of(kind: &str, temporality: Option<&str>, is_monotonic: Option<bool>) -> Self {
        match (kind, temporality) {
            ("gauge", _) => Self::Level,
            (_, Some("delta")) => Self::Delta,
            ("sum", _) if is_monotonic != Some(true) => Self::Level,
            _ => Self::Cumulative,
        }
    }
}

/// What each point of one series adds, by rising time. A cumulative series' first point adds nothing, unless it began to
/// count after `known_from_ns`: what came before is somebody else's step.
pub(super) fn contributions(
    nature: Nature,
    mut points: Vec<Point>,
    known_from_ns: i64,
) -> Vec<(i64, Contribution)> {
    points.sort_by_key(|point| point.time_ns);
    let mut earlier: Option<&Point> = None;
    let mut all = Vec::with_capacity(points.len());
    for point in &points {
        let added = match (nature, earlier) {
            (Nature::Level | Nature::Delta, _) => Some(point.clone()),
            (Nature::Cumulative, Some(earlier)) => Some(since(point, earlier)),
            (Nature::Cumulative, None) => {
                point.start_ns.is_some_and(|start| start >= known_from_ns).then(|| point.clone())
            }
        };
        if let Some(added) = added.as_ref().and_then(contribution) {
            all.push((point.time_ns, added));
        }
        earlier = Some(point);
    }
    all
}

/// A counter that restarted says so by its start, or by being less than it was: then all it counts is new.
fn since(now: &Point, earlier: &Point) -> Point {
    let restarted = now.start_ns.is_some() && earlier.start_ns.is_some() && now.start_ns > earlier.start_ns;
    let fell =
        |now: Option<f64>, then: Option<f64>| matches!((now, then), (Some(now), Some(then)) if now < then);
    if restarted || fell(now.value, earlier.value) || fell(now.count, earlier.count) {
        return now.clone();
    }
    let minus = |now: Option<f64>, then: Option<f64>| now.map(|now| now - then.unwrap_or(0.0));
    let buckets = match (&now.buckets, &earlier.buckets) {
        (Some(now_buckets), Some(then)) => match now_buckets.since(then) {
            Some(added) => Some(added),
            None => return now.clone(),
        },
        (now, _) => now.clone(),
    };
    Point {
        value: minus(now.value, earlier.value),
        count: minus(now.count, earlier.count),
        sum: minus(now.sum, earlier.sum),
        // Since the start, not since the point before: not known for this step.
        min: None,
        max: None,
        buckets,
        ..now.clone()
    }
}

fn contribution(point: &Point) -> Option<Contribution> {
    if let Some(value) = point.value {
        return Some(Contribution {
            count: 1.0,
            sum: value,
            min: Some(value),
            max: Some(value),
            ..Contribution::default()
        });
    }
    let count = point.count?;
    let mut distribution = Distribution::default();
    let mut quantiles = [None; 3];
    if let Some(buckets) = &point.buckets {
        buckets.add_to(&mut distribution);
        quantiles = [0.50, 0.95, 0.99].map(|q| buckets.summary_quantile(q));
    }
    let sum = point.sum.unwrap_or(0.0);
    Some(Contribution {
        count,
        sum,
        min: point.min,
        max: point.max,
        bounds: point.bounds,
        distribution: Some(distribution),
        quantiles,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(values: &[(i64, i64, f64)]) -> Vec<(i64, f64)> {
        let point = |&(time_ns, start_ns, value)| Point {
            time_ns,
            start_ns: Some(start_ns),
            value: Some(value),
            ..Point::default()
        };
        contributions(Nature::Cumulative, values.iter().map(point).collect(), 100)
            .into_iter()
            .map(|(time, added)| (time, added.sum))
            .collect()
    }

    #[test]
    fn a_counter_gives_what_was_added() {
        assert_eq!(counter(&[(200, 5, 10.0), (210, 5, 14.0), (205, 5, 11.0)]), [(205, 1.0), (210, 3.0)]);
    }

    #[test]
    fn a_restart_counts_from_zero_whether_it_says_so_or_not() {
        assert_eq!(counter(&[(200, 5, 10.0), (210, 205, 12.0)]), [(210, 12.0)]);
        assert_eq!(counter(&[(200, 5, 10.0), (210, 5, 3.0)]), [(210, 3.0)]);
    }

    #[test]
    fn a_counter_that_began_in_sight_counts_from_its_first_point() {
        assert_eq!(counter(&[(200, 150, 10.0)]), [(200, 10.0)]);
        assert_eq!(counter(&[(200, 50, 10.0)]), []);
    }

    #[test]
    fn the_kind_says_what_points_mean() {
        let table = [
            ("gauge", None, None, Nature::Level),
            ("sum", Some("cumulative"), Some(true), Nature::Cumulative),
            ("sum", Some("cumulative"), Some(false), Nature::Level),
            ("sum", Some("delta"), Some(true), Nature::Delta),
            ("histogram", Some("cumulative"), None, Nature::Cumulative),
            ("exponential_histogram", Some("delta"), None, Nature::Delta),
            ("summary", None, None, Nature::Cumulative),
        ];
        for (kind, temporality, is_monotonic, nature) in table {
            assert_eq!(Nature::of(kind, temporality, is_monotonic), nature, "{kind} {temporality:?}");
        }
    }
}
