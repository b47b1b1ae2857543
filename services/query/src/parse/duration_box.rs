//! The height of a selection in the Transaction Field: `(min, max]`, so that neighbouring boxes share no transaction.

use naru_http::FieldError;

use super::ns_of_ms;

/// Longer than any span.
const DURATION_MS_MAX: f64 = 1e12;

/// Durations over `over_ns` and up to `through_ns`; `None` = no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DurationBox {
    pub(crate) over_ns: Option<i64>,
    pub(crate) through_ns: Option<i64>,
}

impl DurationBox {
    /// A `min_ms` of zero is no bound: the lowest row of the field holds transactions of no measurable duration too.
    pub(crate) fn parse(min_ms: Option<f64>, max_ms: Option<f64>) -> Result<Self, FieldError> {
        let over_ns = bound("min_ms", min_ms)?.filter(|over| *over > 0);
        let through_ns = bound("max_ms", max_ms)?;
        if through_ns.is_some_and(|through| over_ns.unwrap_or(-1) >= through) {
            return Err(FieldError::new("max_ms", "not_over_min", "max_ms must be greater than min_ms"));
        }
        Ok(Self { over_ns, through_ns })
    }
}

fn bound(field: &str, ms: Option<f64>) -> Result<Option<i64>, FieldError> {
    match ms {
        None => Ok(None),
        Some(ms) if ms.is_finite() && (0.0..=DURATION_MS_MAX).contains(&ms) => Ok(Some(ns_of_ms(ms))),
        Some(_) => {
            Err(FieldError::new(field, "out_of_range", format!("{field} is a duration in milliseconds")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_open_below_and_closed_above() {
        let parsed = DurationBox::parse(Some(1.5), Some(3.0)).unwrap();
        assert_eq!(parsed, DurationBox { over_ns: Some(1_500_000), through_ns: Some(3_000_000) });
        assert_eq!(DurationBox::parse(Some(0.0), None).unwrap(), DurationBox::default());
    }

    #[test]
    fn an_empty_or_absurd_box_is_refused() {
        let code = |min, max| DurationBox::parse(min, max).unwrap_err().code;
        assert_eq!(code(Some(3.0), Some(3.0)), "not_over_min");
        assert_eq!(code(Some(-1.0), None), "out_of_range");
        assert_eq!(code(None, Some(f64::NAN)), "out_of_range");
        assert!(DurationBox::parse(None, Some(0.0)).is_ok());
    }
}
