//! Sums of signals to days, projects and totals: pure arithmetic over what the store read.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use naru_ids::ProjectId;
use naru_metering_api::{ProjectUsage, UsageAnswer, UsageDay, UsageTotals};
use naru_signal::Signal;

/// What was used of one signal, by one project or in one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) of: Of,
    pub(crate) signal: Signal,
    /// Unix ms, a whole UTC hour.
    pub(crate) first_hour_ms: u64,
    pub(crate) last_hour_ms: u64,
    pub(crate) items: u64,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// All the time asked for.
    Project(ProjectId),
    /// A UTC day, all projects asked for.
    Day { start_ms: u64 },
}

/// Puts the sums together; every hour is in those by project once, and in those by day once.
pub(crate) fn aggregate(sums: &[Sum]) -> UsageAnswer {
    let mut totals = UsageTotals::default();
    let mut days: BTreeMap<u64, UsageTotals> = BTreeMap::new();
    let mut projects: BTreeMap<ProjectId, ProjectUsage> = BTreeMap::new();
    for sum in sums {
        match sum.of {
            Of::Day { start_ms } => add(days.entry(start_ms).or_default(), sum),
            Of::Project(project) => {
                add(&mut totals, sum);
                let usage = projects.entry(project).or_insert_with(|| ProjectUsage {
                    project,
                    totals: UsageTotals::default(),
                    first_hour_ms: sum.first_hour_ms,
                    last_hour_ms: sum.last_hour_ms,
                });
                add(&mut usage.totals, sum);
                usage.first_hour_ms = usage.first_hour_ms.min(sum.first_hour_ms);
                usage.last_hour_ms = usage.last_hour_ms.max(sum.last_hour_ms);
            }
        }
    }
    let day = |(start_ms, totals)| UsageDay { day: utc_day(start_ms), totals };
    UsageAnswer {
        totals,
        days: days.into_iter().map(day).collect(),
        projects: projects.into_values().collect(),
    }
}

fn add(totals: &mut UsageTotals, sum: &Sum) {
    let items = match sum.signal {
        Signal::Traces => &mut totals.spans,
        Signal::Metrics => &mut totals.metric_points,
        Signal::Logs => &mut totals.log_records,
    };
    *items = items.saturating_add(sum.items);
    totals.bytes = totals.bytes.saturating_add(sum.bytes);
}

/// `2026-11-21`.
fn utc_day(start_ms: u64) -> String {
    let ms = i64::try_from(start_ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX).to_zoned(TimeZone::UTC).date().to_string()
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    #[test]
    fn totals_are_of_projects_and_days_stand_beside_them() {
        let (one, two) = (ProjectId::new(UnixMs(1)), ProjectId::new(UnixMs(2)));
        let midnight_ms = 1_764_028_800_000; // 2025-11-25T00:00:00Z
        let hour_ms = 3_600_000;
        let sum = |of, signal, last_hour_ms, items| Sum {
            of,
            signal,
            first_hour_ms: midnight_ms - hour_ms,
            last_hour_ms,
            items,
            bytes: items * 10,
        };
        let answer = aggregate(&[
            sum(Of::Project(one), Signal::Traces, midnight_ms, 12),
            sum(Of::Project(two), Signal::Metrics, midnight_ms, 11),
            sum(Of::Project(two), Signal::Logs, midnight_ms + hour_ms, 13),
            sum(Of::Day { start_ms: midnight_ms }, Signal::Traces, midnight_ms, 7),
            sum(Of::Day { start_ms: midnight_ms }, Signal::Metrics, midnight_ms, 11),
            sum(Of::Day { start_ms: midnight_ms - 24 * hour_ms }, Signal::Traces, midnight_ms, 5),
        ]);

        assert_eq!(answer.totals, UsageTotals { spans: 12, metric_points: 11, log_records: 13, bytes: 360 });
        let days: Vec<_> = answer.days.iter().map(|day| (day.day.as_str(), day.totals.spans)).collect();
        assert_eq!(days, [("2025-11-24", 5), ("2025-11-25", 7)]);
        let projects: Vec<_> =
            answer.projects.iter().map(|p| (p.project, p.totals.bytes, p.last_hour_ms)).collect();
        assert_eq!(projects, [(one, 120, midnight_ms), (two, 240, midnight_ms + hour_ms)]);
    }

    #[test]
    fn no_usage_is_an_empty_answer() {
        assert_eq!(aggregate(&[]), UsageAnswer::default());
    }
}
