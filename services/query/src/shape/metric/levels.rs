//! The level of several series together: a heap by its spaces, threads by process.
//!
//! What is there at the same time adds up. What follows each other within a step, as the processes before and after a
//! deployment, does not: each counts for as long as it was there.

use std::collections::BTreeMap;

use crate::parse::{Step, TimeRange};

/// What agents wait between two points by themselves: a series of one point says nothing of its own.
const INTERVAL_USUAL_NS: i64 = 60_000_000_000;
/// No agent waits longer: beyond, a series was away.
pub(super) const INTERVAL_NS_MAX: i64 = 600_000_000_000;

/// Adds up series by step.
#[derive(Debug)]
pub(super) struct Levels {
    step: Step,
    /// Of each step Σ level × how long it was held (ns), over all series.
    sums: Vec<f64>,
    /// When there was any series; they may overlap.
    held: Vec<TimeRange>,
}

/// One series in one step.
#[derive(Debug, Default)]
struct Own {
    points: f64,
    sum: f64,
    held_ns: f64,
    /// Σ value × how long it was held, ns.
    held_sum: f64,
}

impl Own {
    /// The mean of the step's points; of a step between two points what the first of them said.
    fn level(&self) -> f64 {
        if self.points > 0.0 { self.sum / self.points } else { self.held_sum / self.held_ns }
    }
}

impl Levels {
    #[must_use]
    pub(super) fn of(step: Step) -> Self {
        Self { step, sums: vec![0.0; step.columns()], held: Vec::new() }
    }

    /// Adds one series: `(unix ns, value)` by rising time. A value holds until the next one, and no longer than points of
    /// this series are apart.
    pub(super) fn add(&mut self, points: &[(i64, f64)]) {
        let interval_ns = interval_of(points);
        let mut by_column: BTreeMap<usize, Own> = BTreeMap::new();
        let mut held: Option<TimeRange> = None;
        for (index, &(from_ns, value)) in points.iter().enumerate() {
            if let Some(column) = self.step.column_of(from_ns) {
                let own = by_column.entry(column).or_default();
                own.points += 1.0;
                own.sum += value;
            }
            // Half an interval late is late, not away.
            let next = points.get(index + 1).map(|next| next.0);
            let next = next.filter(|next_ns| next_ns - from_ns <= interval_ns + interval_ns / 2);
            let range = TimeRange { from_ns, to_ns: next.unwrap_or(from_ns.saturating_add(interval_ns)) };
            for (column, ns) in overlaps(self.step, range) {
                let own = by_column.entry(column).or_default();
                own.held_ns += ns;
                own.held_sum += value * ns;
            }
            match &mut held {
                Some(held) if held.to_ns == range.from_ns => held.to_ns = range.to_ns,
                _ => self.held.extend(held.replace(range)),
            }
        }
        self.held.extend(held);
        for (column, own) in by_column.into_iter().filter(|(_, own)| own.held_ns > 0.0) {
            self.sums[column] += own.level() * own.held_ns;
        }
    }

    /// Of each step the mean of all series' sum while there was any; `None` while there was none.
    pub(super) fn means(mut self) -> impl Iterator<Item = Option<f64>> {
        let mut held_ns = vec![0.0; self.sums.len()];
        self.held.sort_unstable_by_key(|range| range.from_ns);
        let mut counted_ns = i64::MIN;
        for TimeRange { from_ns, to_ns } in self.held {
            let fresh = TimeRange { from_ns: from_ns.max(counted_ns), to_ns };
            overlaps(self.step, fresh).for_each(|(column, ns)| held_ns[column] += ns);
            counted_ns = counted_ns.max(to_ns);
        }
        self.sums.into_iter().zip(held_ns).map(|(sum, ns)| (ns > 0.0).then(|| sum / ns))
    }
}

/// What mostly lies between two points, ns.
fn interval_of(points: &[(i64, f64)]) -> i64 {
    let mut gaps: Vec<i64> =
        points.windows(2).map(|pair| pair[1].0 - pair[0].0).filter(|gap| *gap > 0).collect();
    let middle = gaps.len() / 2;
    if gaps.is_empty() {
        return INTERVAL_USUAL_NS;
    }
    (*gaps.select_nth_unstable(middle).1).min(INTERVAL_NS_MAX)
}

/// The columns that a stretch of time touches, and for how long, ns. Nothing of an empty one.
fn overlaps(step: Step, TimeRange { from_ns, to_ns }: TimeRange) -> impl Iterator<Item = (usize, f64)> {
    let (from_ns, to_ns) = (from_ns.max(step.range.from_ns), to_ns.min(step.range.to_ns));
    let columns = match (step.column_of(from_ns), step.column_of(to_ns.saturating_sub(1))) {
        (Some(first), Some(last)) if from_ns < to_ns => first..last + 1,
        _ => 0..0,
    };
    columns.map(move |column| {
        let whole = step.column(column);
        (column, (to_ns.min(whole.to_ns) - from_ns.max(whole.from_ns)) as f64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    /// Means of all steps of `[0, length_s)`; `series` say `(from s, to s, every s, value)`.
    fn means(length_s: i64, step_s: i64, series: &[(i64, i64, usize, f64)]) -> Vec<Option<f64>> {
        let range = TimeRange { from_ns: 0, to_ns: length_s * S };
        let mut levels = Levels::of(Step { range, ns: step_s * S });
        for &(from_s, to_s, every_s, value) in series {
            levels.add(&(from_s..to_s).step_by(every_s).map(|s| (s * S, value)).collect::<Vec<_>>());
        }
        levels.means().map(|mean| mean.map(|mean| (mean * 1e6).round() / 1e6)).collect()
    }

    #[test]
    fn what_is_there_at_the_same_time_adds_up() {
        assert_eq!(means(900, 900, &[(5, 900, 10, 3.0), (5, 900, 10, 4.0)]), [Some(7.0)]);
        // Their points are a moment apart, as those of two hosts are; both were there before.
        assert_eq!(means(60, 30, &[(-57, 60, 10, 3.0), (-55, 60, 10, 4.0)]), [Some(7.0), Some(7.0)]);
    }

    #[test]
    fn a_process_and_its_successor_within_one_step_are_not_both_there() {
        assert_eq!(means(900, 900, &[(0, 450, 10, 6.0), (450, 900, 10, 6.0)]), [Some(6.0)]);
        assert_eq!(means(900, 900, &[(0, 300, 10, 6.0), (300, 900, 10, 3.0)]), [Some(4.0)]);
        // Three pods one after the other beside one that stays.
        let rolling = [(0, 300, 60, 2.0), (300, 600, 60, 2.0), (600, 900, 60, 2.0), (0, 900, 60, 5.0)];
        assert_eq!(means(900, 900, &rolling), [Some(7.0)]);
    }

    #[test]
    fn a_step_that_has_just_begun_is_of_the_time_there_was_anything() {
        assert_eq!(means(900, 900, &[(-60, 20, 10, 3.0), (-60, 20, 10, 4.0)]), [Some(7.0)]);
        assert_eq!(means(20, 10, &[(-100, -50, 10, 3.0)]), [None, None]);
    }

    #[test]
    fn who_comes_later_and_goes_before_is_there_for_its_own_time_alone() {
        let nested = means(1_800, 900, &[(0, 850, 10, 3.0), (100, 400, 10, 4.0)]);
        assert_eq!(nested, [Some(4.411_765), None]);
        // Twenty pods that stop one after the other.
        let stopping: Vec<_> = (0..20).map(|pod| (pod, 500 - 7 * pod, 60, 1.0)).collect();
        assert!(means(1_800, 900, &stopping)[0].is_some_and(|mean| (15.0..=20.0).contains(&mean)));
    }

    #[test]
    fn who_sends_every_minute_is_there_in_the_steps_between() {
        let both = means(60, 10, &[(-60, 60, 60, 3.0), (-55, 60, 10, 4.0)]);
        assert_eq!(both, [Some(7.0); 6]);
    }
}
