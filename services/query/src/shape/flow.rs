//! Requests in, under way, out: how many begin, how many are in flight and for how long already, how many end.
//!
//! Rollups count transactions by when they began and by how long they took. Within a step they are taken to begin evenly,
//! within a histogram's bucket to take its middle. Nothing is lost on the way: whatever began has ended or is in flight. What
//! has not ended is not stored yet, and in no figure here.

use naru_ids::UnixMs;
use naru_lake::rollup::Histogram;
use serde::Serialize;
use utoipa::ToSchema;

use crate::parse::{NS_PER_MS, Step, TimeRange};

const S: f64 = 1e9;
/// How old requests in flight are, ns: `[from, to)`, in the order of [`InFlight`].
const AGES_NS: [(f64, f64); 4] = [(0.0, S), (S, 3.0 * S), (3.0 * S, 10.0 * S), (10.0 * S, f64::INFINITY)];

/// Transactions in flight by age: of each step the mean. Only of those that have ended since; of a step that is not over,
/// the mean of what has passed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InFlight {
    under_1s: Vec<f64>,
    from_1s: Vec<f64>,
    from_3s: Vec<f64>,
    from_10s: Vec<f64>,
}

/// Spreads transactions over the steps in which they are in flight.
#[derive(Debug)]
pub(super) struct Flow {
    step: Step,
    now: UnixMs,
    /// Until now, or until the range ends.
    until_ns: i64,
    /// How many end in each step.
    ended: Vec<f64>,
    /// By age, then by step.
    in_flight: [Vec<f64>; 4],
}

impl Flow {
    #[must_use]
    pub(super) fn of(step: Step, now: UnixMs) -> Self {
        let now_ns = i64::try_from(now.0).unwrap_or(i64::MAX).saturating_mul(NS_PER_MS);
        let zeros = vec![0.0; step.columns()];
        let in_flight = [(); 4].map(|()| zeros.clone());
        Self { step, now, until_ns: now_ns.min(step.range.to_ns), ended: zeros, in_flight }
    }

    /// Adds transactions that began within a stretch of time, which may lie before the range.
    pub(super) fn add(&mut self, began: TimeRange, durations: &Histogram) {
        // A clock may be ahead of ours.
        let to_ns = if began.from_ns < self.until_ns { began.to_ns.min(self.until_ns) } else { began.to_ns };
        let began = Began { from_ns: began.from_ns, length_ns: (to_ns - began.from_ns) as f64 };
        for (duration_ns, count) in durations.middles_ns() {
            self.spread(began, duration_ns, count as f64);
        }
    }

    fn spread(&mut self, began: Began, duration_ns: f64, count: f64) {
        let Step { range, ns } = self.step;
        let first = usize::try_from((began.from_ns - range.from_ns).div_euclid(ns)).unwrap_or(0);
        for column in first..self.ended.len() {
            let TimeRange { from_ns, to_ns } = self.step.column(column);
            let [begin, end] = [from_ns, to_ns.min(self.until_ns)].map(|ns| (ns - began.from_ns) as f64);
            if end <= begin || begin >= began.length_ns + duration_ns {
                break;
            }
            self.ended[column] += count * (began.share(end - duration_ns) - began.share(begin - duration_ns));
            for ((least_ns, most_ns), means) in AGES_NS.into_iter().zip(&mut self.in_flight) {
                // Nobody grows older than its duration.
                let oldest_ns = most_ns.min(duration_ns);
                if oldest_ns > least_ns {
                    let reached = |age_ns: f64| began.area(end - age_ns) - began.area(begin - age_ns);
                    means[column] += count * (reached(least_ns) - reached(oldest_ns)) / (end - begin);
                }
            }
        }
    }

    /// Per second: of a step that is not over, of what has passed of it.
    pub(super) fn out(&self) -> Vec<f64> {
        let rate = |(column, ended): (usize, &f64)| ended / self.step.column(column).passed_seconds(self.now);
        self.ended.iter().enumerate().map(rate).collect()
    }

    pub(super) fn in_flight(self) -> InFlight {
        let [under_1s, from_1s, from_3s, from_10s] = self.in_flight;
        InFlight { under_1s, from_1s, from_3s, from_10s }
    }
}

/// Evenly, within a stretch of time.
#[derive(Debug, Clone, Copy)]
struct Began {
    from_ns: i64,
    length_ns: f64,
}

impl Began {
    /// Which share has begun so long after the stretch began, 0 to 1.
    fn share(self, ns: f64) -> f64 {
        (ns / self.length_ns).clamp(0.0, 1.0)
    }

    /// [`Self::share`], added up until then: ns.
    fn area(self, ns: f64) -> f64 {
        let inside = ns.clamp(0.0, self.length_ns);
        inside * inside / (2.0 * self.length_ns) + (ns - inside).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STEP_NS: i64 = 10_000_000_000;

    fn range(from_s: i64, length_s: i64) -> TimeRange {
        TimeRange { from_ns: from_s * 1_000_000_000, to_ns: (from_s + length_s) * 1_000_000_000 }
    }

    /// Over `steps` of 10 s that are over; of each stretch of 10 s that begins at a second, durations in ms.
    fn flow(steps: i64, began: &[(i64, Vec<u64>)]) -> Flow {
        let mut flow = Flow::of(Step { range: range(0, steps * 10), ns: STEP_NS }, UnixMs(1_000_000_000));
        for (from_s, durations_ms) in began {
            let mut durations = Histogram::new();
            durations_ms.iter().for_each(|ms| durations.add(ms * 1_000_000));
            flow.add(range(*from_s, 10), &durations);
        }
        flow
    }

    fn rounded(values: &[f64]) -> Vec<f64> {
        values.iter().map(|value| (value * 1e6).round() / 1e6).collect()
    }

    #[test]
    fn a_minute_s_request_is_one_in_flight_for_a_minute() {
        let flow = flow(8, &[(0, vec![60_000])]);
        let [young, second, third, old] = flow.in_flight.each_ref().map(|means| rounded(means));
        let all: Vec<f64> = (0..8).map(|step| young[step] + second[step] + third[step] + old[step]).collect();
        assert_eq!(rounded(&all), [0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0]);
        // It begins anywhere in the first step: of its first second, a twentieth lies in the next one.
        assert_eq!(young, [0.095, 0.005, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(old, [0.0, 0.5, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0]);
        assert_eq!(rounded(&flow.out()), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.0]);
    }

    #[test]
    fn what_began_before_the_range_is_still_there_when_it_begins() {
        let flow = flow(2, &[(-10, vec![10_000, 10_000])]);
        let all: Vec<f64> = (0..2).map(|step| flow.in_flight.iter().map(|age| age[step]).sum()).collect();
        assert_eq!((rounded(&all), rounded(&flow.out())), (vec![1.0, 0.0], vec![0.2, 0.0]));
    }

    #[test]
    fn a_step_that_is_not_over_is_of_the_time_that_has_passed() {
        let step = Step { range: range(0, 20), ns: STEP_NS };
        let mut flow = Flow::of(step, UnixMs(14_000));
        let mut durations = Histogram::new();
        durations.add_many(1_000_000_000, 40);
        flow.add(range(0, 10), &durations);
        flow.add(range(10, 10), &durations);
        // Four a second, then ten, each for a second; in the first second of each, fewer.
        assert_eq!(rounded(&flow.in_flight[0]), [3.8, 9.25]);
        assert_eq!(flow.in_flight[1..].iter().flatten().sum::<f64>(), 0.0);
        // Who began in a step's last second ends in the next one.
        assert_eq!(rounded(&flow.out()), [3.6, 8.5]);
    }

    proptest! {
        #[test]
        fn whatever_began_has_ended_or_is_in_flight(
            began in proptest::collection::vec((-6_i64..12, proptest::collection::vec(0_u64..100_000, 1..20)), 1..12),
        ) {
            let began: Vec<_> = began.into_iter().map(|(step, durations)| (step * 10, durations)).collect();
            let flow = flow(12, &began);
            let (mut came, mut carried, mut left) = (0.0, 0.0, 0.0);
            for (from_s, durations_ms) in &began {
                let mut durations = Histogram::new();
                durations_ms.iter().for_each(|ms| durations.add(ms * 1_000_000));
                for (ns, count) in durations.middles_ns() {
                    let stretch = Began { from_ns: 0, length_ns: STEP_NS as f64 };
                    // In flight at a moment: begun, and not longer ago than it takes.
                    let at = |s: i64| {
                        let since = (s - from_s) as f64 * S;
                        count as f64 * (stretch.share(since) - stretch.share(since - ns))
                    };
                    carried += at(0);
                    left += at(120);
                    came += if *from_s >= 0 { count as f64 } else { 0.0 };
                }
            }
            let ended: f64 = flow.ended.iter().sum();
            prop_assert!((carried + came - ended - left).abs() < 1e-6, "{carried} + {came} = {ended} + {left}");
        }

        #[test]
        fn requests_are_in_flight_for_as_long_as_they_take(durations_ms in proptest::collection::vec(0_u64..100_000, 1..50)) {
            let mut durations = Histogram::new();
            durations_ms.iter().for_each(|ms| durations.add(ms * 1_000_000));
            let took_ns: f64 = durations.middles_ns().map(|(ns, count)| ns * count as f64).sum();
            let flow = flow(12, &[(0, durations_ms)]);
            let in_flight_ns = flow.in_flight.iter().flatten().sum::<f64>() * STEP_NS as f64;
            prop_assert!((in_flight_ns - took_ns).abs() <= took_ns * 1e-9 + 1.0, "{in_flight_ns} for {took_ns}");
        }
    }
}
