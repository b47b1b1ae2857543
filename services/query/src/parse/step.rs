//! The width of a chart's columns.

use naru_http::FieldError;
use naru_ids::UnixMs;
use naru_lake::rollup::Grain;

use super::{NS_PER_MS, TimeRange};

/// Widths a person recognises, in ms: chosen when nobody asks for one.
const NICE_MS: [i64; 21] = [
    100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
    1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];

/// About as many columns as fit beside other panels.
const COLUMNS_USUAL: i64 = 120;

/// How finely a range may be cut.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepLimits {
    /// The parameter's name in refusals.
    pub(crate) field: &'static str,
    pub(crate) step_ms_min: i64,
    /// About as many columns as a step that nobody asked for gives.
    pub(crate) columns_usual: i64,
    pub(crate) columns_max: i64,
}

/// Columns `from + n × step`, the first `[from, from + step)`; the last may be cut short by `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) range: TimeRange,
    pub(crate) ns: i64,
}

impl Step {
    pub(crate) fn parse(
        asked_ms: Option<f64>,
        range: TimeRange,
        limits: StepLimits,
    ) -> Result<Self, FieldError> {
        let length_ms = (range.length_ns() / NS_PER_MS).max(1);
        let Some(ms) = asked_ms else {
            let usual = length_ms / limits.columns_usual;
            let nice = NICE_MS.into_iter().find(|ms| *ms >= usual && *ms >= limits.step_ms_min);
            return Ok(Self { range, ns: nice.unwrap_or(86_400_000) * NS_PER_MS });
        };
        // Rounded up.
        let finest_ms = (length_ms + limits.columns_max - 1) / limits.columns_max;
        let least_ms = limits.step_ms_min.max(finest_ms);
        // One day at most, so that counts per column mean something.
        if !ms.is_finite() || ms < least_ms as f64 || ms > 86_400_000.0 {
            let message = format!("for this range {} is {least_ms} to 86400000 ms", limits.field);
            return Err(FieldError::new(limits.field, "out_of_range", message));
        }
        Ok(Self { range, ns: ms.trunc() as i64 * NS_PER_MS })
    }

    /// Of a dashboard, drawn from rollups: [`COLUMNS_USUAL`] columns of whole buckets, with the grain to read. The range grows
    /// to whole buckets. Fine ones are not kept for long.
    #[must_use]
    pub(crate) fn of_buckets(range: TimeRange, now: UnixMs) -> (Self, Grain) {
        let (ns, grain) = Self::cut(range, COLUMNS_USUAL, now);
        (Self { range: range.in_buckets(grain), ns }, grain)
    }

    /// About so many columns of whole buckets: how long one is, and the coarsest buckets that make it up.
    pub(super) fn cut(range: TimeRange, columns_usual: i64, now: UnixMs) -> (i64, Grain) {
        let usual_ns = range.length_ns() / columns_usual.max(1);
        let widths = NICE_MS.into_iter().map(|ms| ms * NS_PER_MS);
        widths
            .filter(|ns| *ns >= usual_ns)
            .find_map(|ns| Some((ns, Grain::dividing(ns).filter(|grain| is_kept(*grain, range, now))?)))
            .unwrap_or((24 * Grain::Hour.ns(), Grain::Hour))
    }

    /// The rollups whose buckets make up whole columns; `None` when there are none, or none any more.
    #[must_use]
    pub(crate) fn grain(&self, now: UnixMs) -> Option<Grain> {
        Grain::dividing(self.ns).filter(|grain| is_kept(*grain, self.range, now))
    }

    #[must_use]
    pub(crate) fn columns(&self) -> usize {
        let columns = (self.range.length_ns() + self.ns - 1) / self.ns;
        usize::try_from(columns).unwrap_or(0)
    }

    /// The column of a moment; `None` outside the range.
    #[must_use]
    pub(crate) fn column_of(&self, ns: i64) -> Option<usize> {
        let inside = ns >= self.range.from_ns && ns < self.range.to_ns;
        inside.then(|| usize::try_from((ns - self.range.from_ns) / self.ns).unwrap_or(0))
    }

    /// Where a column begins, in unix ms.
    #[must_use]
    pub(crate) fn start_ms(&self, column: usize) -> f64 {
        super::ms_of_ns(self.range.from_ns + column as i64 * self.ns)
    }

    /// From when to when a column is: the last ends with the range.
    #[must_use]
    pub(crate) fn column(&self, column: usize) -> TimeRange {
        let from_ns = self.range.from_ns + column as i64 * self.ns;
        TimeRange { from_ns, to_ns: self.range.to_ns.min(from_ns + self.ns) }
    }

    /// How long a column is.
    #[must_use]
    pub(crate) fn seconds(&self, column: usize) -> f64 {
        self.column(column).length_ns() as f64 / 1e9
    }

    #[must_use]
    pub(crate) fn ms(&self) -> f64 {
        super::ms_of_ns(self.ns)
    }
}

fn is_kept(grain: Grain, range: TimeRange, now: UnixMs) -> bool {
    let now_ns = i64::try_from(now.0).unwrap_or(i64::MAX).saturating_mul(NS_PER_MS);
    grain.is_kept(range.from_ns, now_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: StepLimits =
        StepLimits { field: "step", step_ms_min: 1_000, columns_usual: 180, columns_max: 2_000 };

    fn hour() -> TimeRange {
        TimeRange::parse(Some("0"), Some("3600000"), UnixMs(0)).unwrap()
    }

    #[test]
    fn a_step_that_nobody_asked_for_is_a_nice_one() {
        let step = Step::parse(None, hour(), LIMITS).unwrap();
        assert_eq!((step.ms(), step.columns()), (30_000.0, 120));
    }

    #[test]
    fn columns_cover_the_range_and_the_last_may_be_short() {
        let step = Step::parse(Some(7_000.0), hour(), LIMITS).unwrap();
        assert_eq!(step.columns(), 515);
        assert_eq!(step.seconds(514), 2.0);
        assert_eq!(step.column_of(0), Some(0));
        assert_eq!(step.column_of(3_600_000 * NS_PER_MS - 1), Some(514));
        assert_eq!(step.column_of(3_600_000 * NS_PER_MS), None);
        assert_eq!(step.column_of(-1), None);
    }

    #[test]
    fn a_chart_of_rollups_has_whole_buckets() {
        const S: i64 = 1_000_000_000;
        let table =
            [(300, 10, Grain::TenSeconds), (3_600, 30, Grain::TenSeconds), (86_400, 900, Grain::Minute)];
        for (length_s, step_s, grain) in table {
            let range = TimeRange { from_ns: 7 * S, to_ns: (7 + length_s) * S };
            let (step, read) = Step::of_buckets(range, UnixMs(100_000_000));
            assert_eq!((step.ns / S, read), (step_s, grain), "{length_s}");
            assert_eq!((step.range.from_ns % grain.ns(), step.range.to_ns % grain.ns()), (0, 0));
        }
    }

    #[test]
    fn what_was_long_ago_is_read_from_the_buckets_that_are_left() {
        let grain = |days: u64| Step::of_buckets(hour(), UnixMs(days * 86_400_000)).1;
        assert_eq!([6, 8, 89, 91, 300].map(grain), {
            use Grain::{Hour, Minute, TenSeconds};
            [TenSeconds, Minute, Minute, Hour, Hour]
        });
        let step = Step::parse(Some(20_000.0), hour(), LIMITS).unwrap();
        assert_eq!(
            (step.grain(UnixMs(0)), step.grain(UnixMs(8 * 86_400_000))),
            (Some(Grain::TenSeconds), None)
        );
    }

    #[test]
    fn too_fine_a_step_is_refused_with_the_least_that_fits() {
        let error = Step::parse(Some(1_000.0), hour(), LIMITS).unwrap_err();
        assert_eq!(error.message, "for this range step is 1800 to 86400000 ms");
    }
}
