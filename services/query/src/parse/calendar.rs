//! Days of a calendar: they begin at another moment in every time zone.

use std::sync::LazyLock;

use jiff::{
    Timestamp, ToSpan, Zoned,
    tz::{TimeZone, TimeZoneDatabase},
};
use naru_http::FieldError;
use naru_ids::UnixMs;

use super::{NS_PER_MS, TimeRange};

/// The program's own: a machine may have none, or one without the names of yesterday that browsers still say.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The present, where somebody's days begin.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    now: Zoned,
    zone: String,
}

impl Calendar {
    /// `zone` is an IANA name as `Asia/Seoul`; missing: UTC.
    pub(crate) fn parse(zone: Option<&str>, now: UnixMs) -> Result<Self, FieldError> {
        let zone = zone.filter(|zone| !zone.is_empty()).unwrap_or("UTC");
        let unknown = || {
            let message = "time_zone is a name of the IANA's list, such as Asia/Seoul or UTC";
            FieldError::new("time_zone", "unknown", message)
        };
        let known = ZONES.get(zone).ok().filter(|zone: &TimeZone| !zone.is_unknown()).ok_or_else(unknown)?;
        let now = i64::try_from(now.0).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        Ok(Self { now: now.unwrap_or_default().to_zoned(known), zone: zone.to_owned() })
    }

    pub(crate) fn zone(&self) -> &str {
        &self.zone
    }

    /// The last `days` until now, today among them and not over.
    pub(crate) fn last_days(&self, days: u8) -> TimeRange {
        let to_ns = self.now.timestamp().as_millisecond() * NS_PER_MS + 1;
        let first = self.now.checked_sub((i64::from(days) - 1).days()).and_then(|day| day.start_of_day());
        // Before the calendar's first year there are no days.
        let from_ns = first.map_or(0, |first| first.timestamp().as_millisecond() * NS_PER_MS);
        TimeRange { from_ns, to_ns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(now: &str, zone: &str, days: u8) -> String {
        let now: Timestamp = now.parse().unwrap();
        let now = UnixMs(u64::try_from(now.as_millisecond()).unwrap());
        let range = Calendar::parse(Some(zone), now).unwrap().last_days(days);
        assert!(range.from_ns < range.to_ns);
        Timestamp::from_nanosecond(range.from_ns.into()).unwrap().to_string()
    }

    #[test]
    fn days_begin_at_midnight_where_people_are() {
        let check = |zone, days, first: &str| assert_eq!(begins("2026-03-29T12:30:00Z", zone, days), first);
        check("UTC", 1, "2026-03-29T00:00:00Z");
        check("Asia/Seoul", 1, "2026-03-28T15:00:00Z");
        check("Asia/Seoul", 7, "2026-03-22T15:00:00Z");
        check("Asia/Seoul", 30, "2026-02-27T15:00:00Z");
        // The clock was put back in between.
        check("America/New_York", 7, "2026-03-23T04:00:00Z");
        check("America/New_York", 30, "2026-02-28T05:00:00Z");
        check("Asia/Kolkata", 1, "2026-03-28T18:30:00Z");
        // By its name of yesterday.
        check("Asia/Calcutta", 1, "2026-03-28T18:30:00Z");
    }

    #[test]
    fn a_zone_that_nobody_knows_is_refused() {
        for zone in ["Mars/Olympus", "Etc/Unknown"] {
            assert!(Calendar::parse(Some(zone), UnixMs(0)).is_err(), "{zone}");
        }
        assert_eq!(Calendar::parse(None, UnixMs(0)).unwrap().zone(), "UTC");
        assert_eq!(Calendar::parse(Some(""), UnixMs(0)).unwrap().zone(), "UTC");
    }
}
