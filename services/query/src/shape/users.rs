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

    /// What is to be read: by the hour of all three, and by the minute of each that does not begin on the hour.
    pub(crate) fn ranges(&self) -> Vec<(Grain, TimeRange)> {
        let month = self.windows[2].0;
        let hours = TimeRange { from_ns: Grain::Hour.ceil(month.from_ns), ..month }.in_buckets(Grain::Hour);
        let begins = self
            .windows
            .iter()
            .map(|(range, _)| TimeRange { to_ns: Grain::Hour.ceil(range.from_ns), ..*range });
        let minutes = begins.filter(|begin| begin.from_ns < begin.to_ns).map(|begin| (Grain::Minute, begin));
        std::iter::once((Grain::Hour, hours)).chain(minutes).collect()
    }

    /// A row of `Kind::Users` out of one of [`Self::ranges`]; `at_ns` is where its bucket begins.
    pub(crate) fn add(&mut self, grain: Grain, at_ns: i64, row: &Row<'_>) -> Result<(), DecodeError> {
        let Some((identity, people)) = People::of(row)? else { return Ok(()) };
        for (range, held) in &mut self.windows {
            let on_the_hour = Grain::Hour.ceil(range.from_ns).min(range.to_ns);
            let of_grain =
                if grain == Grain::Hour { on_the_hour..range.to_ns } else { range.from_ns..on_the_hour };
            if of_grain.contains(&at_ns) {
                held.merge(identity, &people);
            }
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
        let ranges: Vec<_> =
            fold.ranges().into_iter().map(|(grain, range)| (grain, range.from_ns, range.to_ns)).collect();
        assert_eq!((ranges[0].0, ranges[0].1), (Grain::Hour, ns("2026-02-27T19:00:00Z")));
        assert_eq!(ranges[1], (Grain::Minute, ns("2026-03-28T18:30:00Z"), ns("2026-03-28T19:00:00Z")));
        assert_eq!(ranges.len(), 4);

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
            for grain in [Grain::Hour, Grain::Minute] {
                fold.add(grain, grain.floor(row.at_ns()), &row).unwrap();
            }
        }
        let users = fold.finish(Vec::new());
        assert_eq!([&users.today, &users.week, &users.month].map(|within| within.total), [2, 3, 3]);
        assert_eq!((users.identity, users.today.from_ms), (Some("user"), 1_774_722_600_000.0));
    }
}
