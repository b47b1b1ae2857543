//! Hours to days and totals: pure arithmetic over what the store read.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use naru_ids::ProjectId;
use naru_metering_api::{ProjectUsage, UsageAnswer, UsageDay, UsageTotals};
use naru_signal::Signal;

/// One stored hour of one project and signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hour {
    pub(crate) project: ProjectId,
    pub(crate) signal: Signal,
    /// Unix ms, a whole UTC hour.
    pub(crate) hour_ms: u64,
    pub(crate) items: u64,
    pub(crate) bytes: u64,
}

/// Sums hours three ways; each sum holds every hour exactly once.
pub(crate) fn aggregate(hours: &[Hour]) -> UsageAnswer {
    let mut totals = UsageTotals::default();
    let mut days: BTreeMap<String, UsageTotals> = BTreeMap::new();
    let mut projects: BTreeMap<ProjectId, ProjectUsage> = BTreeMap::new();
    for hour in hours {
        add(&mut totals, hour);
        add(days.entry(utc_day(hour.hour_ms)).or_default(), hour);
        let project = projects.entry(hour.project).or_insert_with(|| ProjectUsage {
            project: hour.project,
            totals: UsageTotals::default(),
            first_hour_ms: hour.hour_ms,
            last_hour_ms: hour.hour_ms,
        });
        add(&mut project.totals, hour);
        project.first_hour_ms = project.first_hour_ms.min(hour.hour_ms);
        project.last_hour_ms = project.last_hour_ms.max(hour.hour_ms);
    }
    UsageAnswer {
        totals,
        days: days.into_iter().map(|(day, totals)| UsageDay { day, totals }).collect(),
        projects: projects.into_values().collect(),
    }
}

fn add(totals: &mut UsageTotals, hour: &Hour) {
    match hour.signal {
        Signal::Traces => totals.spans += hour.items,
        Signal::Metrics => totals.metric_points += hour.items,
        Signal::Logs => totals.log_records += hour.items,
    }
    totals.bytes += hour.bytes;
}

/// `2026-11-21`.
fn utc_day(hour_ms: u64) -> String {
    let ms = i64::try_from(hour_ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX).to_zoned(TimeZone::UTC).date().to_string()
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    #[test]
    fn every_hour_is_in_the_totals_its_day_and_its_project_once() {
        let (one, two) = (ProjectId::new(UnixMs(1)), ProjectId::new(UnixMs(2)));
        let midnight_ms = 1_764_028_800_000; // 2025-11-25T00:00:00Z
        let hour_ms = 3_600_000;
        let hour =
            |project, signal, hour_ms, items| Hour { project, signal, hour_ms, items, bytes: items * 10 };
        let answer = aggregate(&[
            hour(one, Signal::Traces, midnight_ms - hour_ms, 5),
            hour(one, Signal::Traces, midnight_ms, 7),
            hour(two, Signal::Metrics, midnight_ms, 11),
            hour(two, Signal::Logs, midnight_ms, 13),
        ]);

        assert_eq!(answer.totals, UsageTotals { spans: 12, metric_points: 11, log_records: 13, bytes: 360 });
        let days: Vec<_> = answer.days.iter().map(|day| (day.day.as_str(), day.totals.spans)).collect();
        assert_eq!(days, [("2025-11-24", 5), ("2025-11-25", 7)]);
        let projects: Vec<_> =
            answer.projects.iter().map(|p| (p.project, p.totals.bytes, p.last_hour_ms)).collect();
        assert_eq!(projects, [(one, 120, midnight_ms), (two, 240, midnight_ms)]);
    }

    #[test]
    fn no_usage_is_an_empty_answer() {
        assert_eq!(aggregate(&[]), UsageAnswer::default());
    }
}
