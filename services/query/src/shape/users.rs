//! Who used an application today, within a week and within a month.

use naru_lake::rollup::{DecodeError, Grain, Row};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Ms, people::People};
use crate::{
    parse::{Calendar, TimeRange},
    scan::Incomplete,
};

/// Beside the key.
pub(crate) const COLUMNS: &[&str] = &["people"];

const DAYS_OF_WEEK: u8 = 7;
const DAYS_OF_MONTH: u8 = 30;

/// Different people of calendar days, today's so far among them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActiveUsers {
    /// Days begin and end by it.
    time_zone: String,
    today: UsersWithin,
    /// Seven days.
    week: UsersWithin,
    /// Thirty days.
    month: UsersWithin,
    /// What most of the month's are told apart by: `user`, `session` or `client` (address and browser). Null of nobody.
    identity: Option<&'static str>,
    incomplete: Vec<Incomplete>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsersWithin {
    /// Midnight of the first day.
    from_ms: Ms,
    to_ms: Ms,
    /// Off by about 1.6 %.
    total: u64,
}

/// Where midnight is not on the hour, a first day begins with minutes, and goes on with hours like every other.
#[derive(Debug)]
pub(crate) struct Fold {
    zone: String,
    windows: [(TimeRange, People); 3],
}

impl Fold {
    pub(crate) fn new(calendar: &Calendar) -> Self {
        let window = |days| (calendar.last_days(days), People::default());
        Self {
            zone: calendar.zone().to_owned(),
            windows: [window(1), window(DAYS_OF_WEEK), window(DAYS_OF_MONTH)],
        }
    }

    /// What is to be read by the hour, of all three.
    pub(crate) fn hours(&self) -> TimeRange {
        let range = self.windows[2].0;
        TimeRange { from_ns: next_hour(range.from_ns), to_ns: range.to_ns }.in_buckets(Grain::Hour)
    }

    /// What is to be read by the minute, of each that does not begin on the hour.
    pub(crate) fn minutes(&self) -> Vec<TimeRange> {
        let begins =
            self.windows.iter().map(|(range, _)| TimeRange { to_ns: next_hour(range.from_ns), ..*range });
        begins.filter(|begin| begin.from_ns < begin.to_ns).collect()
    }

    /// A row of `Kind::Users` out of [`Self::hours`]; `at_ns` is where its hour begins.
    pub(crate) fn add_hour(&mut self, at_ns: i64, row: &Row<'_>) -> Result<(), DecodeError> {
        self.add(row, |range| (next_hour(range.from_ns)..range.to_ns).contains(&at_ns))
    }

    /// One out of [`Self::minutes`].
    pub(crate) fn add_minute(&mut self, at_ns: i64, row: &Row<'_>) -> Result<(), DecodeError> {
        self.add(row, |range| (range.from_ns..next_hour(range.from_ns).min(range.to_ns)).contains(&at_ns))
    }

    fn add(&mut self, row: &Row<'_>, is_within: impl Fn(TimeRange) -> bool) -> Result<(), DecodeError> {
        let Some((identity, people)) = People::of(row)? else { return Ok(()) };
        for (_, held) in self.windows.iter_mut().filter(|(range, _)| is_within(*range)) {
            held.merge(identity, &people);
        }
        Ok(())
    }

    pub(crate) fn finish(self, incomplete: Vec<Incomplete>) -> ActiveUsers {
        let within = |(range, people): &(TimeRange, People)| UsersWithin {
            from_ms: range.start_ms(),
            to_ms: range.end_ms(),
            total: people.count(),
        };
        let [today, week, month] = &self.windows;
        ActiveUsers {
            today: within(today),
            week: within(week),
            month: within(month),
            identity: month.1.identity(),
            time_zone: self.zone,
            incomplete,
        }
    }
}

/// The same moment when it is on the hour.
fn next_hour(ns: i64) -> i64 {
    let hour = Grain::Hour.floor(ns);
    if hour == ns { ns } else { hour.saturating_add(Grain::Hour.ns()) }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use naru_ids::UnixMs;
    use naru_lake::rollup::{
        Kind, Summary,
        rows::{Builder, Rows},
    };

    use super::*;

    fn ns(time: &str) -> i64 {
        time.parse::<Timestamp>().unwrap().as_millisecond() * 1_000_000
    }

    #[test]
    fn a_day_that_begins_within_an_hour_has_its_own_people_and_no_others() {
        let now = UnixMs(u64::try_from(ns("2026-03-29T12:30:00Z") / 1_000_000).unwrap());
        let mut fold = Fold::new(&Calendar::parse(Some("Asia/Kolkata"), now).unwrap());
        assert_eq!(fold.hours().from_ns, ns("2026-02-27T19:00:00Z"));
        let begins: Vec<_> = fold.minutes().iter().map(|range| (range.from_ns, range.to_ns)).collect();
        assert_eq!(begins[0], (ns("2026-03-28T18:30:00Z"), ns("2026-03-28T19:00:00Z")));
        assert_eq!(begins.len(), 3);

        let mut builder = Builder::default();
        for (person, time) in
            [(1_u64, "2026-03-28T18:29:50Z"), (2, "2026-03-28T18:30:00Z"), (3, "2026-03-28T19:00:00Z")]
        {
            let mut summary = Summary::default();
            summary.people.add(person.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            builder.push(Kind::Users, ns(time), "", "user", &summary);
        }
        let batch = builder.finish().unwrap();
        for (_, row) in Rows::of(&batch).unwrap().of_kinds(&[Kind::Users]) {
            fold.add_hour(Grain::Hour.floor(row.at_ns()), &row).unwrap();
            fold.add_minute(Grain::Minute.floor(row.at_ns()), &row).unwrap();
        }
        let users = fold.finish(Vec::new());
        assert_eq!([&users.today, &users.week, &users.month].map(|within| within.total), [2, 3, 3]);
        assert_eq!((users.identity, users.today.from_ms), (Some("user"), 1_774_722_600_000.0));
    }
}
