//! Which hours are counted anew together.

use std::{collections::BTreeSet, ops::Range};

use naru_lake::{path::day_of_ns, rollup::Grain};

/// Hours whose sums are held in memory at once.
const HOURS_MAX: usize = 6;

/// A few hours of one UTC day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    hours_ns: BTreeSet<i64>,
}

impl Window {
    /// From the first to the last, unix ns.
    pub(super) fn range(&self) -> Range<i64> {
        let (first, last) = (self.hours_ns.first(), self.hours_ns.last());
        first.copied().unwrap_or(0)..last.map_or(0, |last| last.saturating_add(Grain::Hour.ns()))
    }

    pub(super) fn day(&self) -> i32 {
        day_of_ns(self.range().start)
    }

    /// Does this moment lie in one of its hours?
    pub(super) fn holds(&self, at_ns: i64) -> bool {
        self.hours_ns.contains(&Grain::Hour.floor(at_ns))
    }
}

/// The stale hours and those beside them, where the other end of an erased call may be counted. Of days before `first_kept`,
/// whose spans are past retention, nothing can be counted anew: their sums stay, as do those of days before the project's
/// first spans, unless an erasure took these.
pub(super) fn of(stale_ns: &BTreeSet<i64>, first_kept: i32, first_of_spans: Option<i32>) -> Vec<Window> {
    let days: BTreeSet<i32> = stale_ns.iter().map(|&hour| day_of_ns(hour)).collect();
    let can_be = |hour: &i64| {
        let day = day_of_ns(*hour);
        day >= first_kept && (days.contains(&day) || first_of_spans.is_some_and(|first| day >= first))
    };
    let hour = Grain::Hour.ns();
    let all: BTreeSet<i64> = stale_ns
        .iter()
        .flat_map(|&at| [at.saturating_sub(hour), at, at.saturating_add(hour)])
        .filter(can_be)
        .collect();
    let mut windows: Vec<Window> = Vec::new();
    for hour_ns in all {
        match windows.last_mut() {
            Some(window) if window.day() == day_of_ns(hour_ns) && window.hours_ns.len() < HOURS_MAX => {
                window.hours_ns.insert(hour_ns);
            }
            _ => windows.push(Window { hours_ns: BTreeSet::from([hour_ns]) }),
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000_000;

    fn hours(stale: &[i64], first_kept: i32, first_of_spans: Option<i32>) -> Vec<Vec<i64>> {
        let stale = stale.iter().map(|hour| hour * HOUR).collect();
        of(&stale, first_kept, first_of_spans)
            .iter()
            .map(|window| window.hours_ns.iter().map(|hour| hour / HOUR).collect())
            .collect()
    }

    #[test]
    fn an_hour_comes_with_its_neighbours_and_never_with_another_day() {
        assert_eq!(hours(&[30], 0, Some(0)), [[29, 30, 31]]);
        assert_eq!(hours(&[24], 0, Some(0)), [vec![23], vec![24, 25]]);
        assert_eq!(hours(&[26, 27, 31, 33], 0, Some(0)), [vec![25, 26, 27, 28, 30, 31], vec![32, 33, 34]]);
        assert_eq!(hours(&[], 0, Some(0)), Vec::<Vec<i64>>::new());
    }

    #[test]
    fn sums_of_days_past_retention_stay() {
        assert_eq!(hours(&[24], 1, Some(0)), [[24, 25]]);
        assert_eq!(hours(&[24], 1, Some(1)), [[24, 25]]);
        assert_eq!(hours(&[24, 48], 2, Some(2)), [[48, 49]]);
        assert_eq!(hours(&[24], 2, Some(2)), Vec::<Vec<i64>>::new());
        assert_eq!(hours(&[24], 2, None), Vec::<Vec<i64>>::new());
    }

    #[test]
    fn sums_of_a_day_whose_spans_were_all_erased_are_counted_anew() {
        assert_eq!(hours(&[24], 0, None), [[24, 25]]);
        assert_eq!(hours(&[24], 0, Some(2)), [[24, 25]]);
    }

    #[test]
    fn a_window_holds_its_hours_only() {
        let window = &of(&BTreeSet::from([30 * HOUR, 33 * HOUR]), 0, None)[0];
        assert_eq!((window.day(), window.range()), (1, 29 * HOUR..35 * HOUR));
        assert!(window.holds(33 * HOUR + 5) && !window.holds(35 * HOUR) && !window.holds(29 * HOUR - 1));
    }
}
