//! Who used an application today, within a week and within a month.

use naru_lake::rollup::{DecodeError, Row};
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
pub(crate) const DAYS_OF_MONTH: u8 = 30;

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
    /// The hour in which the first day begins.
    from_ms: Ms,
    to_ms: Ms,
    /// Off by about 1.6 %.
    total: u64,
}

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

    /// A row of `Kind::Users`; `at_ns` is where its hour begins.
    pub(crate) fn add(&mut self, at_ns: i64, row: &Row<'_>) -> Result<(), DecodeError> {
        let Some((identity, people)) = People::of(row)? else { return Ok(()) };
        for (range, held) in &mut self.windows {
            if (range.from_ns..range.to_ns).contains(&at_ns) {
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
