//! Which transactions a list holds, and in which order.

use datafusion::logical_expr::Expr;

use super::filter::{duration_within, equals, is_entry, of_process, status_is};
use crate::parse::{DurationBox, Place, StatusFilter, TimeRange};

/// Entry spans that fit all of these; `None` fits any.
#[derive(Debug, Clone)]
pub(crate) struct EntryFilter {
    pub(crate) range: TimeRange,
    pub(crate) durations: DurationBox,
    pub(crate) application: Option<String>,
    pub(crate) instance: Option<String>,
    pub(crate) operation: Option<String>,
    pub(crate) status: Option<StatusFilter>,
}

/// A part of a list: its first rows, or those after the ones that were shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryPage {
    /// The column that sorts, greatest first; ties by span id, greatest first.
    pub(crate) column: &'static str,
    pub(crate) limit: usize,
    /// Rows after this place that gateways had received by then, unix ms.
    pub(crate) after: Option<(Place, i64)>,
}

impl EntryFilter {
    /// For a scan by DataFusion; without the range.
    #[must_use]
    pub(crate) fn expr(&self) -> Expr {
        let process = of_process(self.application.as_deref(), self.instance.as_deref());
        let operation = self.operation.as_ref().map(|name| equals("operation", name));
        let optional = [duration_within(self.durations), process, operation, self.status.map(status_is)];
        optional.into_iter().flatten().fold(is_entry(), Expr::and)
    }
}
