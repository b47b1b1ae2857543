//! Times as the public API writes them, RFC 3339, and as it reads them: that or unix ms.

use naru_http::FieldError;
use naru_ids::UnixMs;

use crate::error::Error;

const DAY_MS: u64 = 86_400_000;
const RANGE_DAYS_MAX: u64 = 366;

/// RFC 3339 in UTC with milliseconds.
pub(super) fn rfc3339(at: UnixMs) -> String {
    let ms = i64::try_from(at.0).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| "9999-12-31T23:59:59.999Z".to_owned(), |time| format!("{time:.3}"))
}

/// `[from, to)` of a request; `to` defaults to now and `from` to 30 days before.
pub(super) fn range(from: Option<&str>, to: Option<&str>, now: UnixMs) -> Result<(UnixMs, UnixMs), Error> {
    let to = to.map_or(Ok(now), |text| read("to", text))?;
    let from = from.map_or(Ok(UnixMs(to.0.saturating_sub(30 * DAY_MS))), |text| read("from", text))?;
    if from >= to {
        return Err(wrong("from", "invalid", "from must be before to"));
    }
    if to.0 - from.0 > RANGE_DAYS_MAX * DAY_MS {
        return Err(wrong("from", "too_long", "ask for at most 366 days"));
    }
    Ok((from, to))
}

fn read(field: &str, text: &str) -> Result<UnixMs, Error> {
    let ms = text.parse::<u64>().ok().or_else(|| {
        let time: jiff::Timestamp = text.parse().ok()?;
        u64::try_from(time.as_millisecond()).ok()
    });
    // Postgres and JavaScript agree on times up to the year 9999.
    ms.filter(|ms| *ms < 253_402_300_800_000)
        .map(UnixMs)
        .ok_or_else(|| wrong(field, "invalid", "use RFC 3339 or unix milliseconds"))
}

fn wrong(field: &str, code: &str, message: &str) -> Error {
    Error::Fields(vec![FieldError::new(field, code, message)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_utc_with_milliseconds() {
        assert_eq!(rfc3339(UnixMs(1_764_000_000_120)), "2025-11-24T16:00:00.120Z");
        assert_eq!(rfc3339(UnixMs(u64::MAX)), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn times_are_read_in_both_forms_and_bounded() {
        let now = UnixMs(1_764_000_000_000);
        assert_eq!(range(None, None, now).unwrap(), (UnixMs(now.0 - 30 * DAY_MS), now));
        let both = range(Some("2025-11-24T00:00:00Z"), Some("1764000000000"), now).unwrap();
        assert_eq!(both, (UnixMs(1_763_942_400_000), now));
        for (from, to) in [
            ("x", "1"),
            ("2", "1"),
            ("1", "1"),
            ("0", "1764000000000"),
            ("-5", "1"),
            ("0", "99999999999999999"),
        ] {
            assert!(range(Some(from), Some(to), now).is_err(), "{from} {to}");
        }
    }
}
