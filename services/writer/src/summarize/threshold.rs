//! T of the APDEX that a transaction is judged by: its application's, else ours.
//!
//! It comes with the spans, as an attribute of their resource: so what is counted again from stored spans is judged as it
//! was, whatever was set since.

use arrow::array::RecordBatch;
use naru_otlp::view::Attributes;
use naru_signal::semconv::APDEX_T_MS;

use super::columns::Resources;

/// An hour; what is longer is a mistake, and passed over like what is no number.
const T_MAX_MS: u64 = 3_600_000;
/// T counts with so many digits. Counts are kept for each T, and whoever sends another with each span shall not get millions.
const T_DIGITS: u32 = 3;

pub(super) struct Thresholds<'a> {
    resources: Resources<'a>,
    /// Of the resource that the last row had. Rows of one resource come together.
    last: Option<(&'a [u8], u64)>,
    default_ns: u64,
}

impl<'a> Thresholds<'a> {
    pub(super) fn of(batch: &'a RecordBatch, default_ns: u64) -> Self {
        Self { resources: Resources::of(batch), last: None, default_ns }
    }

    /// In ns.
    pub(super) fn at(&mut self, row: usize) -> u64 {
        let resource = self.resources.value(row);
        match self.last {
            Some((held, t_ns)) if std::ptr::eq(held, resource) || held == resource => t_ns,
            _ => {
                let t_ns = told(resource).unwrap_or(self.default_ns);
                self.last = Some((resource, t_ns));
                t_ns
            }
        }
    }
}

/// What a resource says, as a number or as the text that environment variables make of one.
fn told(resource: &[u8]) -> Option<u64> {
    let value = Attributes::of(resource, 1).find(APDEX_T_MS)?;
    let number = value.as_int().and_then(|ms| u64::try_from(ms).ok());
    let ms = number.or_else(|| value.as_text()?.trim().parse().ok())?;
    (1..=T_MAX_MS).contains(&ms).then(|| rounded(ms) * 1_000_000)
}

/// To [`T_DIGITS`] digits.
fn rounded(ms: u64) -> u64 {
    let unit = 10_u64.pow((ms.max(1).ilog10() + 1).saturating_sub(T_DIGITS));
    (ms + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn t_keeps_three_digits_and_there_are_thousands_of_them_not_millions() {
        let table =
            [(1, 1), (999, 999), (1_250, 1_250), (1_255, 1_260), (12_349, 12_300), (3_600_000, 3_600_000)];
        for (ms, expected) in table {
            assert_eq!(rounded(ms), expected, "{ms}");
        }
        assert!((1..=T_MAX_MS).map(rounded).collect::<BTreeSet<_>>().len() < 5_000);
    }
}
