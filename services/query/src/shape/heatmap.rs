//! The Transaction Field: how many transactions began in which column and took how long.
//!
//! A row holds durations in `(its edge, the next edge]`; the first also those of zero, the last is open at the top. So a
//! selection `(min_ms, max_ms]` along edges lists exactly what the cells count.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use naru_http::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

use super::Ms;
use crate::{
    parse::{NS_PER_MS, Step, StepLimits, ms_of_ns, ns_of_ms},
    scan::{Incomplete, Rows, ScanError},
};

pub(crate) const COLUMNS: &[&str] =
    &["start_ns", "duration_ns", "status_code", "is_entry", "service_name", "service_instance"];

pub(crate) const STEP_LIMITS: StepLimits =
    StepLimits { field: "step_ms", step_ms_min: 100, columns_usual: 180, columns_max: 2_000 };

/// Rows per doubling of the duration on the logarithmic scale.
const ROWS_PER_DOUBLING: u32 = 4;
/// From 1 ms to 65.5 s.
const LOG_MAX_MS: f64 = 65_536.0;
const LINEAR_ROWS: u32 = 50;
const LINEAR_MAX_MS: f64 = 10_000.0;
const MAX_MS_LEAST: f64 = 1.0;
const MAX_MS_MOST: f64 = 3_600_000.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Log,
    Linear,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Heatmap {
    from_ms: Ms,
    to_ms: Ms,
    step_ms: Ms,
    /// Lower edges of the rows, rising. The last row is open at the top.
    edges_ms: Vec<Ms>,
    /// `[column, row, count, errors]`; cells without transactions are left out.
    cells: Vec<[u64; 4]>,
    /// The sum of all cells' counts.
    total: u64,
    errors: u64,
    incomplete: Vec<Incomplete>,
}

/// Lower edges of rows, in ns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edges(Vec<i64>);

impl Edges {
    /// `max_ms` is where the open row at the top begins.
    pub(crate) fn parse(scale: Option<&str>, max_ms: Option<f64>) -> Result<Self, FieldError> {
        let scale = match scale {
            None | Some("" | "log") => Scale::Log,
            Some("linear") => Scale::Linear,
            Some(_) => return Err(FieldError::new("scale", "invalid", "scale is `log` or `linear`")),
        };
        if max_ms.is_some_and(|max| !(MAX_MS_LEAST..=MAX_MS_MOST).contains(&max)) {
            let message = format!("max_ms is {MAX_MS_LEAST} to {MAX_MS_MOST}");
            return Err(FieldError::new("max_ms", "out_of_range", message));
        }
        Ok(Self::new(scale, max_ms))
    }

    #[must_use]
    pub(crate) fn new(scale: Scale, max_ms: Option<f64>) -> Self {
        let edges_ms: Vec<f64> = match scale {
            Scale::Linear => {
                let max = max_ms.unwrap_or(LINEAR_MAX_MS);
                (0..=LINEAR_ROWS).map(|row| max * f64::from(row) / f64::from(LINEAR_ROWS)).collect()
            }
            Scale::Log => {
                let max = max_ms.unwrap_or(LOG_MAX_MS);
                let edge = |step: u32| (f64::from(step) / f64::from(ROWS_PER_DOUBLING)).exp2();
                let below = (0..).map(edge).take_while(|edge| *edge < max * 0.999_999);
                std::iter::once(0.0).chain(below).chain(std::iter::once(max)).collect()
            }
        };
        // Rounded to microseconds: an edge reads well in a URL, and means the same in cells and lists.
        let mut edges: Vec<i64> = edges_ms.into_iter().map(|ms| ns_of_ms((ms * 1e3).round() / 1e3)).collect();
        edges.dedup();
        Self(edges)
    }

    /// The row of a duration.
    #[must_use]
    pub(crate) fn row_of(&self, duration_ns: i64) -> usize {
        self.0.partition_point(|edge| *edge < duration_ns).saturating_sub(1)
    }

    #[must_use]
    pub(crate) fn ms(&self) -> Vec<Ms> {
        self.0.iter().map(|ns| ms_of_ns(*ns)).collect()
    }
}

/// Folds entry spans into cells.
#[derive(Debug)]
pub(crate) struct Fold {
    step: Step,
    edges: Edges,
    /// (column, row) → (count, errors).
    cells: BTreeMap<(u32, u32), (u64, u64)>,
}

impl Fold {
    #[must_use]
    pub(crate) fn new(step: Step, edges: Edges) -> Self {
        Self { step, edges, cells: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (starts, durations) = (rows.i64s("start_ns")?, rows.i64s("duration_ns")?);
        let statuses = rows.u8s("status_code")?;
        for row in 0..batch.num_rows() {
            let failed = super::status_word(statuses.value(row)) == "error";
            self.count(starts.value(row), durations.value(row), failed);
        }
        Ok(())
    }

    fn count(&mut self, start_ns: i64, duration_ns: i64, failed: bool) {
        let Some(column) = self.step.column_of(start_ns) else { return };
        let row = self.edges.row_of(duration_ns);
        // At most 2,000 columns and some hundred rows.
        let cell = self.cells.entry((column as u32, row as u32)).or_default();
        cell.0 += 1;
        cell.1 += u64::from(failed);
    }

    #[must_use]
    pub(crate) fn finish(self, incomplete: Vec<Incomplete>) -> Heatmap {
        let cells: Vec<[u64; 4]> = self
            .cells
            .into_iter()
            .map(|((column, row), (count, errors))| [u64::from(column), u64::from(row), count, errors])
            .collect();
        Heatmap {
            from_ms: self.step.range.start_ms(),
            to_ms: self.step.range.end_ms(),
            step_ms: (self.step.ns / NS_PER_MS) as f64,
            edges_ms: self.edges.ms(),
            total: cells.iter().map(|cell| cell[2]).sum(),
            errors: cells.iter().map(|cell| cell[3]).sum(),
            cells,
            incomplete,
        }
    }
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;
    use crate::parse::{DurationBox, TimeRange};

    #[test]
    fn a_duration_on_an_edge_belongs_below_it() {
        let edges = Edges::new(Scale::Linear, Some(100.0));
        let table = [(0, 0), (1, 0), (2_000_000, 0), (2_000_001, 1), (100_000_000, 49), (100_000_001, 50)];
        for (ns, row) in table {
            assert_eq!(edges.row_of(ns), row, "{ns}");
        }
    }

    #[test]
    fn a_box_along_edges_holds_what_its_cell_counts() {
        for edges in [Edges::new(Scale::Log, None), Edges::new(Scale::Linear, Some(7.0))] {
            let shown = edges.ms();
            for ns in [0, 1, 999_999, 1_000_000, 1_189_000, 1_189_207, 3_141_592, 70_000_000_000] {
                let row = edges.row_of(ns);
                let selected = DurationBox::parse(Some(shown[row]), shown.get(row + 1).copied()).unwrap();
                assert!(selected.over_ns.is_none_or(|over| ns > over), "{ns} in {selected:?}");
                assert!(selected.through_ns.is_none_or(|through| ns <= through), "{ns} in {selected:?}");
            }
        }
    }

    #[test]
    fn logarithmic_edges_double_every_four_rows() {
        let edges = Edges::new(Scale::Log, None).ms();
        assert_eq!((edges.len(), edges[0], edges[1], edges[5], edges[65]), (66, 0.0, 1.0, 2.0, 65_536.0));
    }

    #[test]
    fn the_total_is_the_sum_of_the_cells() {
        let range = TimeRange::parse(Some("0"), Some("10000"), UnixMs(0)).unwrap();
        let step = Step::parse(Some(1_000.0), range, STEP_LIMITS).unwrap();
        let mut fold = Fold::new(step, Edges::new(Scale::Log, None));
        for number in 0..1_000 {
            fold.count(number * 10_000_000, number * 77_777, number % 10 == 0);
        }
        fold.count(range.to_ns, 1, true);
        let heatmap = fold.finish(Vec::new());
        assert_eq!((heatmap.total, heatmap.errors), (1_000, 100));
        assert_eq!(heatmap.cells.iter().map(|cell| cell[2]).sum::<u64>(), 1_000);
    }

    #[test]
    fn a_scale_or_height_that_makes_no_picture_is_refused() {
        assert_eq!(Edges::parse(Some("cubic"), None).unwrap_err().field, "scale");
        assert_eq!(Edges::parse(Some("linear"), Some(0.0)).unwrap_err().field, "max_ms");
        assert_eq!(Edges::parse(None, Some(f64::NAN)).unwrap_err().field, "max_ms");
    }
}
