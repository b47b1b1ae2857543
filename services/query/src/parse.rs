//! From query strings to values that cannot be wrong: times, boxes, ids, cursors.
//!
//! Pure. Every refusal names the field as the client sent it.

mod attribute;
mod calendar;
mod cursor;
mod duration_box;
mod hex_id;
mod severity;
mod sql;
mod step;
mod sums;
mod time;

use naru_http::FieldError;

pub(crate) use attribute::{AttributeIs, attributes};
pub(crate) use calendar::Calendar;
pub use cursor::cursor_again;
pub(crate) use cursor::{Cursor, Place, QueryKey};
pub(crate) use duration_box::DurationBox;
pub(crate) use hex_id::{SpanId, TraceId};
pub(crate) use severity::severity_min;
pub(crate) use sql::{Question, SqlError};
pub(crate) use step::{Step, StepLimits};
pub(crate) use sums::Sums;
pub(crate) use time::{Buckets, NS_PER_MS, TimeRange, ms_of_ns, ns_of_ms};

/// What a list keeps by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatusFilter {
    /// Everything that did not fail.
    Ok,
    Error,
}

impl StatusFilter {
    /// Whether a row with this code fits.
    #[must_use]
    pub(crate) fn holds(self, status_code: u8) -> bool {
        (status_code == naru_signal::StatusCode::Error.code()) == (self == Self::Error)
    }
}

/// `ok` or `error`; nothing for an empty text.
pub(crate) fn status(text: Option<&str>) -> Result<Option<StatusFilter>, FieldError> {
    match text {
        None | Some("") => Ok(None),
        Some("ok") => Ok(Some(StatusFilter::Ok)),
        Some("error") => Ok(Some(StatusFilter::Error)),
        Some(_) => Err(FieldError::new("status", "invalid", "status is `ok` or `error`")),
    }
}

/// A page size in `1..=max`.
pub(crate) fn limit(asked: Option<u32>, default: usize, max: usize) -> Result<usize, FieldError> {
    let limit = asked.map_or(default, |asked| asked as usize);
    if (1..=max).contains(&limit) {
        return Ok(limit);
    }
    Err(FieldError::new("limit", "out_of_range", format!("limit is 1 to {max}")))
}

/// Longer search words are a mistake, and every row would be compared with them.
const WORDS_CHARS_MAX: usize = 512;

/// A text to look for or to be equal to; `None` for an empty one.
pub(crate) fn words(field: &str, text: Option<&str>) -> Result<Option<String>, FieldError> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) if text.chars().count() <= WORDS_CHARS_MAX => Ok(Some(text.to_owned())),
        Some(_) => {
            let message = format!("{field} has at most {WORDS_CHARS_MAX} characters");
            Err(FieldError::new(field, "too_long", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_at_least_one_row_and_at_most_the_maximum() {
        assert_eq!(limit(None, 100, 1000), Ok(100));
        assert_eq!(limit(Some(1000), 100, 1000), Ok(1000));
        assert_eq!(limit(Some(0), 100, 1000).unwrap_err().code, "out_of_range");
        assert_eq!(limit(Some(1001), 100, 1000).unwrap_err().field, "limit");
    }

    #[test]
    fn status_is_one_of_two_words() {
        assert_eq!(status(Some("error")), Ok(Some(StatusFilter::Error)));
        assert_eq!(status(Some("")), Ok(None));
        assert!(status(Some("ERROR")).is_err());
    }
}
