//! Moments and ranges: RFC 3339 or unix milliseconds in, nanoseconds inside.

use naru_http::FieldError;
use naru_ids::UnixMs;
use naru_lake::rollup::Grain;

pub(crate) const NS_PER_MS: i64 = 1_000_000;
const DAY_MS: i64 = 86_400_000;

/// Longer ranges wait for rollups.
const RANGE_DAYS_MAX: i64 = 31;
/// What is shown to somebody who names no time.
const RANGE_DEFAULT_MS: i64 = 3_600_000;
/// See [`TimeRange::passed_seconds`].
const PASSED_NS_MIN: i64 = 1_000_000_000;
/// 2200-01-01: far enough for every clock, and safe in nanoseconds.
const MOMENT_MS_MAX: f64 = 7_258_118_400_000.0;

/// `[from, to)` in unix nanoseconds; never empty, never longer than 31 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TimeRange {
    pub(crate) from_ns: i64,
    pub(crate) to_ns: i64,
}

/// Whole buckets of rollups; see [`TimeRange::in_buckets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Buckets {
    pub(crate) grain: Grain,
    pub(crate) range: TimeRange,
}

impl Buckets {
    /// Where the bucket begins that a moment falls into; `None` outside.
    #[must_use]
    pub(crate) fn begin_of(self, ns: i64) -> Option<i64> {
        (self.range.from_ns..self.range.to_ns).contains(&ns).then(|| self.grain.floor(ns))
    }
}

impl TimeRange {
    /// Reads `from` and `to`. A missing `to` means now, a missing `from` one hour before `to`.
    pub(crate) fn parse(from: Option<&str>, to: Option<&str>, now: UnixMs) -> Result<Self, FieldError> {
        let now_ns = i64::try_from(now.0).unwrap_or(0).saturating_mul(NS_PER_MS);
        let to_ns = to.filter(|to| !to.is_empty()).map_or(Ok(now_ns), |to| moment("to", to))?;
        let hour_before = to_ns.saturating_sub(RANGE_DEFAULT_MS * NS_PER_MS);
        let from_ns =
            from.filter(|from| !from.is_empty()).map_or(Ok(hour_before), |from| moment("from", from))?;
        Self::new(from_ns, to_ns)
    }

    fn new(from_ns: i64, to_ns: i64) -> Result<Self, FieldError> {
        if from_ns >= to_ns {
            return Err(FieldError::new("to", "not_after_from", "to must be later than from"));
        }
        if to_ns - from_ns > RANGE_DAYS_MAX * DAY_MS * NS_PER_MS {
            let message = format!("the range is longer than {RANGE_DAYS_MAX} days; ask for less");
            return Err(FieldError::new("from", "range_too_long", message));
        }
        Ok(Self { from_ns, to_ns })
    }

    /// The last `days` before `now` and a little after it, for questions that name no time.
    #[must_use]
    pub(crate) fn last_days(days: i64, now: UnixMs) -> Self {
        let now_ms = i64::try_from(now.0).unwrap_or(0);
        // Agents' clocks may run ahead by as much as ingest lets pass.
        let to_ms = now_ms + 3_600_000;
        Self { from_ns: (now_ms - days * DAY_MS) * NS_PER_MS, to_ns: to_ms * NS_PER_MS }
    }

    /// A range that also holds `ms` before and after this one.
    #[must_use]
    pub(crate) fn widened(self, ms: i64) -> Self {
        let ns = ms.saturating_mul(NS_PER_MS);
        Self { from_ns: self.from_ns.saturating_sub(ns), to_ns: self.to_ns.saturating_add(ns) }
    }

    /// The buckets of rollups that hold this range: from the beginning of its first to the end of its last.
    #[must_use]
    pub(crate) fn in_buckets(self, grain: Grain) -> Self {
        let last = grain.floor(self.to_ns.saturating_sub(1));
        Self { from_ns: grain.floor(self.from_ns), to_ns: last.saturating_add(grain.ns()) }
    }

    /// True when every moment of `other` is in this range.
    #[must_use]
    pub(crate) const fn covers(self, other: Self) -> bool {
        self.from_ns <= other.from_ns && other.to_ns <= self.to_ns
    }

    #[must_use]
    pub(crate) const fn length_ns(self) -> i64 {
        self.to_ns - self.from_ns
    }

    /// How much of it is over: what is counted in it, by this, is its rate. All of a range that is yet to begin, and a
    /// second at least: clocks that are a little ahead would make thousands a second of a few.
    #[must_use]
    pub(crate) fn passed_seconds(self, now: UnixMs) -> f64 {
        let now_ns = i64::try_from(now.0).unwrap_or(i64::MAX).saturating_mul(NS_PER_MS);
        let until_ns = if now_ns > self.from_ns { now_ns.min(self.to_ns) } else { self.to_ns };
        (until_ns - self.from_ns).max(self.length_ns().min(PASSED_NS_MIN)) as f64 / 1e9
    }

    #[must_use]
    pub(crate) fn start_ms(self) -> f64 {
        ms_of_ns(self.from_ns)
    }

    #[must_use]
    pub(crate) fn end_ms(self) -> f64 {
        ms_of_ns(self.to_ns)
    }
}

/// Nanoseconds as milliseconds with a fraction. A moment of today keeps about 0.2 µs, a duration everything.
#[must_use]
pub(crate) fn ms_of_ns(ns: i64) -> f64 {
    // Split, so that whole milliseconds stay whole in a double.
    (ns.div_euclid(NS_PER_MS)) as f64 + (ns.rem_euclid(NS_PER_MS)) as f64 / NS_PER_MS as f64
}

/// Milliseconds to the nearest nanosecond; saturates.
#[must_use]
pub(crate) fn ns_of_ms(ms: f64) -> i64 {
    (ms.trunc() as i64)
        .saturating_mul(NS_PER_MS)
        .saturating_add((ms.fract() * NS_PER_MS as f64).round() as i64)
}

/// One moment: digits are unix milliseconds, anything else RFC 3339.
fn moment(field: &str, text: &str) -> Result<i64, FieldError> {
    let refuse = || {
        let message = format!("{field} is RFC 3339 as 2026-11-21T09:00:00Z, or unix milliseconds");
        FieldError::new(field, "not_a_time", message)
    };
    if text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        let ms: f64 = text.parse().map_err(|_| refuse())?;
        return if (0.0..=MOMENT_MS_MAX).contains(&ms) { Ok(ns_of_ms(ms)) } else { Err(refuse()) };
    }
    // An offset's `+` that nobody escaped arrives as a space.
    let text = text.replace(' ', "+");
    let stamp: jiff::Timestamp = text.parse().map_err(|_| refuse())?;
    let ns = i64::try_from(stamp.as_nanosecond()).map_err(|_| refuse())?;
    if (0.0..=MOMENT_MS_MAX).contains(&ms_of_ns(ns)) { Ok(ns) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMs = UnixMs(1_700_000_000_000);

    fn parse(from: &str, to: &str) -> Result<(i64, i64), String> {
        TimeRange::parse(Some(from), Some(to), NOW)
            .map(|range| (range.from_ns / NS_PER_MS, range.to_ns / NS_PER_MS))
            .map_err(|error| format!("{}:{}", error.field, error.code))
    }

    #[test]
    fn a_moment_is_rfc_3339_or_unix_milliseconds() {
        let both = Ok((1_763_715_600_000, 1_763_719_200_000));
        assert_eq!(parse("1763715600000", "1763719200000"), both);
        assert_eq!(parse("2025-11-21T09:00:00Z", "2025-11-21T10:00:00Z"), both);
        assert_eq!(parse("2025-11-21T18:00:00+09:00", "2025-11-21T19:00:00 09:00"), both);
        assert_eq!(parse("", ""), Ok((1_699_996_400_000, 1_700_000_000_000)));
    }

    #[test]
    fn what_is_no_moment_is_refused_by_field() {
        for bad in ["yesterday", "-5", "1e20", "99999999999999999", "2025-13-01T00:00:00Z", "1.2.3"] {
            assert_eq!(parse(bad, "1763719200000"), Err("from:not_a_time".to_owned()), "{bad}");
        }
        assert_eq!(parse("1763719200000", "1763719200000"), Err("to:not_after_from".to_owned()));
        assert_eq!(parse("1760000000000", "1763719200000"), Err("from:range_too_long".to_owned()));
    }

    #[test]
    fn a_range_in_buckets_holds_the_range_and_no_bucket_more() {
        let range = TimeRange { from_ns: 12_000_000_000, to_ns: 20_000_000_000 };
        let whole = range.in_buckets(Grain::TenSeconds);
        assert_eq!((whole.from_ns, whole.to_ns), (10_000_000_000, 20_000_000_000));
        assert_eq!(whole.in_buckets(Grain::TenSeconds), whole);
    }

    #[test]
    fn a_rate_is_of_the_time_that_has_passed() {
        let range = TimeRange { from_ns: 0, to_ns: 60_000_000_000 };
        let passed = [20_000, 60_000, 90_000, 0, 20].map(|now_ms| range.passed_seconds(UnixMs(now_ms)));
        assert_eq!(passed, [20.0, 60.0, 60.0, 60.0, 1.0]);
    }

    #[test]
    fn milliseconds_and_nanoseconds_turn_into_each_other() {
        for ns in [0, 1, 999_999, 1_000_000, 1_500_000, 12_345_678_901] {
            assert_eq!(ns_of_ms(ms_of_ns(ns)), ns);
        }
        assert_eq!(ms_of_ns(1_763_715_600_123_000_000), 1_763_715_600_123.0);
    }
}
