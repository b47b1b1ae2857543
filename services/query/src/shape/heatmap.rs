//! The Transaction Field: how many transactions began in which column and took how long.
//!
//! A row holds durations in `(its edge, the next edge]`; the first also those of zero, the last is open at the top. So a
//! selection `(min_ms, max_ms]` along edges lists exactly what the cells count.
//!
//! On the logarithmic scale every edge is the end of a bucket of the rollups' histograms. So cells of whole buckets of time
//! are sums of rollups, and equal to what counting spans gives.

use arrow::array::RecordBatch;
use naru_http::FieldError;
use naru_lake::rollup::{DecodeError, Histogram, Row, index_of, longest_ns};
use serde::Serialize;
use utoipa::ToSchema;

use super::Ms;
use crate::{
    parse::{NS_PER_MS, Step, StepLimits, TimeRange, ms_of_ns, ns_of_ms},
    scan::{Incomplete, Rows, ScanError},
};

pub(crate) const COLUMNS: &[&str] =
    &["start_ns", "duration_ns", "status_code", "is_entry", "service_name", "service_instance"];

pub(crate) const STEP_LIMITS: StepLimits =
    StepLimits { field: "step_ms", step_ms_min: 100, columns_usual: 180, columns_max: 2_000 };

/// Of a rollup's row beside its key.
pub(crate) const ROLLUP_COLUMNS: &[&str] = &["ok", "failed"];

/// Buckets of a histogram per row on the logarithmic scale: four rows per doubling of the duration.
const BUCKETS_PER_ROW: usize = 4;
/// Of two edges around a height, the nearer: half a row, 2^(-1/8).
const NEAREST: f64 = 0.917_004_043_204_671_2;
/// Below, durations are one row.
const LOG_LEAST_NS: u64 = 1_000_000;
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
pub(crate) struct Edges {
    scale: Scale,
    ns: Vec<i64>,
}

impl Edges {
    /// `max_ms` is where the open row at the top begins: on the logarithmic scale, at the nearest edge.
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
        let ns = match scale {
            Scale::Linear => {
                let max = max_ms.unwrap_or(LINEAR_MAX_MS);
                let edge_ms = |row| max * f64::from(row) / f64::from(LINEAR_ROWS);
                // Rounded to microseconds: an edge reads well in a URL, and means the same in cells and lists.
                let mut edges: Vec<i64> =
                    (0..=LINEAR_ROWS).map(|row| ns_of_ms((edge_ms(row) * 1e3).round() / 1e3)).collect();
                edges.dedup();
                edges
            }
            Scale::Log => {
                let max_ns = ns_of_ms(max_ms.unwrap_or(LOG_MAX_MS));
                let edges = (index_of(LOG_LEAST_NS)..).step_by(BUCKETS_PER_ROW).map(longest_ns);
                let mut ns = vec![0];
                for edge in edges {
                    ns.push(edge as i64);
                    if edge as f64 >= max_ns as f64 * NEAREST {
                        break;
                    }
                }
                ns
            }
        };
        Self { scale, ns }
    }

    /// Whether sums of rollups can be the cells of these rows; otherwise only spans tell.
    #[must_use]
    pub(crate) fn are_of_buckets(&self) -> bool {
        self.scale == Scale::Log
    }

    /// The row of a duration.
    #[must_use]
    pub(crate) fn row_of(&self, duration_ns: i64) -> usize {
        self.ns.partition_point(|edge| *edge < duration_ns).saturating_sub(1)
    }

    #[must_use]
    pub(crate) fn ms(&self) -> Vec<Ms> {
        self.ns.iter().map(|ns| ms_of_ns(*ns)).collect()
    }
}

/// Folds entry spans, or rollups of them, into cells.
#[derive(Debug)]
pub(crate) struct Fold {
    step: Step,
    edges: Edges,
    /// By column, with one cell per row; empty while the column is.
    columns: Vec<Vec<Cell>>,
}

/// Transactions, and those of them that failed.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    count: u64,
    errors: u64,
}

impl Fold {
    #[must_use]
    pub(crate) fn new(step: Step, edges: Edges) -> Self {
        Self { step, edges, columns: vec![Vec::new(); step.columns()] }
    }

    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (starts, durations) = (rows.i64s("start_ns")?, rows.i64s("duration_ns")?);
        let statuses = rows.u8s("status_code")?;
        for row in 0..batch.num_rows() {
            let failed = super::status_word(statuses.value(row)) == "error";
            let count = Cell { count: 1, errors: u64::from(failed) };
            self.count(starts.value(row), durations.value(row), count);
        }
        Ok(())
    }

    /// Adds a row of [`ROLLUP_COLUMNS`] whose bucket begins at `at_ns`.
    pub(crate) fn add_rollup(&mut self, at_ns: i64, row: &Row<'_>) -> Result<(), DecodeError> {
        let (mut ok, mut failed) = (Histogram::new(), Histogram::new());
        row.merge_durations(&mut ok, &mut failed)?;
        self.count_all(at_ns, &ok, |count| Cell { count, errors: 0 });
        self.count_all(at_ns, &failed, |count| Cell { count, errors: count });
        Ok(())
    }

    fn count_all(&mut self, at_ns: i64, durations: &Histogram, cell: impl Fn(u64) -> Cell) {
        self.count(at_ns, 0, cell(durations.zeros()));
        for (index, count) in durations.buckets() {
            // All of a bucket are in the row of its longest.
            let longest = i64::try_from(longest_ns(index)).unwrap_or(i64::MAX);
            self.count(at_ns, longest, cell(count));
        }
    }

    fn count(&mut self, start_ns: i64, duration_ns: i64, more: Cell) {
        let column = self.step.column_of(start_ns).and_then(|column| self.columns.get_mut(column));
        let Some(column) = column.filter(|_| more.count > 0) else { return };
        if column.is_empty() {
            column.resize(self.edges.ns.len(), Cell::default());
        }
        let cell = &mut column[self.edges.row_of(duration_ns)];
        cell.count += more.count;
        cell.errors += more.errors;
    }

    #[must_use]
    pub(crate) fn range(&self) -> TimeRange {
        self.step.range
    }

    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.iter().all(Vec::is_empty)
    }

    #[must_use]
    pub(crate) fn finish(self, incomplete: Vec<Incomplete>) -> Heatmap {
        let mut cells: Vec<[u64; 4]> = Vec::new();
        for (column, rows) in self.columns.iter().enumerate() {
            let counted = rows.iter().enumerate().filter(|(_, cell)| cell.count > 0);
            cells.extend(counted.map(|(row, cell)| [column as u64, row as u64, cell.count, cell.errors]));
        }
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
    use naru_lake::rollup::Grain;

    use super::*;
    use crate::parse::DurationBox;

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
            let on_edges = edges.ns.iter().flat_map(|edge| [*edge, edge + 1]);
            for ns in on_edges.chain([0, 1, 999_999, 1_000_000, 3_141_592, 70_000_000_000]) {
                let row = edges.row_of(ns);
                let selected = DurationBox::parse(Some(shown[row]), shown.get(row + 1).copied()).unwrap();
                assert!(selected.over_ns.is_none_or(|over| ns > over), "{ns} in {selected:?}");
                assert!(selected.through_ns.is_none_or(|through| ns <= through), "{ns} in {selected:?}");
            }
        }
    }

    #[test]
    fn logarithmic_edges_double_every_four_rows_and_end_buckets_of_a_histogram() {
        let edges = Edges::new(Scale::Log, None);
        assert_eq!((edges.ns.len(), &edges.ns[..3]), (66, [0, 1_004_119, 1_194_106].as_slice()));
        for pair in edges.ns[1..].windows(5) {
            assert!((pair[4] - 2 * pair[0]).abs() <= 1, "{pair:?}");
        }
        for edge in &edges.ns[1..] {
            assert_eq!(longest_ns(index_of(*edge as u64)), *edge as u64);
        }
    }

    #[test]
    fn the_open_row_begins_near_where_it_was_asked_for() {
        for max_ms in [1.0, 3.0, 1_000.0, 10_000.0, 30_000.0] {
            let top = Edges::new(Scale::Log, Some(max_ms)).ms().last().copied().unwrap();
            assert!((0.91..1.1).contains(&(top / max_ms)), "{top} for {max_ms}");
        }
    }

    #[test]
    fn rollups_and_spans_give_the_same_cells() {
        let range = TimeRange::parse(Some("0"), Some("40000"), UnixMs(0)).unwrap();
        let step = Step::parse(Some(20_000.0), range, STEP_LIMITS).unwrap();
        let edges = Edges::new(Scale::Log, Some(10_000.0));
        let (mut spans, mut rollups) = (Fold::new(step, edges.clone()), Fold::new(step, edges.clone()));
        let mut buckets = vec![(Histogram::new(), Histogram::new()); 4];
        let near_edges = edges.ns.iter().flat_map(|edge| [edge - 1, *edge, edge + 1]);
        let durations = near_edges.chain((0..500).map(|number| number * number * 77_777));
        for (number, duration_ns) in durations.filter(|ns| *ns >= 0).enumerate() {
            let (start_ns, failed) = ((number as i64 * 7_919_999_999) % range.to_ns, number % 7 == 0);
            spans.count(start_ns, duration_ns, Cell { count: 1, errors: u64::from(failed) });
            let (ok, not_ok) = &mut buckets[(start_ns / Grain::TenSeconds.ns()) as usize];
            if failed { not_ok } else { ok }.add(duration_ns as u64);
        }
        for (bucket, (ok, failed)) in buckets.iter().enumerate() {
            let at_ns = bucket as i64 * Grain::TenSeconds.ns();
            rollups.count_all(at_ns, ok, |count| Cell { count, errors: 0 });
            rollups.count_all(at_ns, failed, |count| Cell { count, errors: count });
        }
        assert_eq!(spans.finish(Vec::new()).cells, rollups.finish(Vec::new()).cells);
    }

    #[test]
    fn the_total_is_the_sum_of_the_cells() {
        let range = TimeRange::parse(Some("0"), Some("10000"), UnixMs(0)).unwrap();
        let step = Step::parse(Some(1_000.0), range, STEP_LIMITS).unwrap();
        let mut fold = Fold::new(step, Edges::new(Scale::Log, None));
        for number in 0..1_000 {
            let more = Cell { count: 1, errors: u64::from(number % 10 == 0) };
            fold.count(number * 10_000_000, number * 77_777, more);
        }
        fold.count(range.to_ns, 1, Cell { count: 1, errors: 1 });
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
