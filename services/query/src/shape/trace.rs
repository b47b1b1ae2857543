//! One trace: its spans with categories and self times, and its logs.

mod self_time;
mod span;

use arrow::array::RecordBatch;
use serde::Serialize;
use utoipa::ToSchema;

use self::span::Span;
use super::{Ms, logs::LogRecord};
use crate::{
    parse::{TimeRange, TraceId, ms_of_ns},
    scan::{Incomplete, ScanError},
};

/// More spans than this in one trace are a loop in somebody's instrumentation; the earliest are shown.
const SPANS_MAX: usize = 50_000;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trace {
    trace_id: String,
    /// Start of the earliest span.
    start_ms: Ms,
    /// From there to the end of the last.
    duration_ms: Ms,
    applications: Vec<String>,
    /// By start.
    spans: Vec<Span>,
    /// Oldest first.
    logs: Vec<LogRecord>,
    incomplete: Vec<Incomplete>,
}

/// Collects a trace's spans.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    spans: Vec<Span>,
}

impl Fold {
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        self.spans.extend(span::read(batch)?);
        Ok(())
    }

    /// When the trace was under way; `None` when it has no spans.
    #[must_use]
    pub(crate) fn range(&self) -> Option<TimeRange> {
        let from_ns = self.spans.iter().map(|span| span.start_ns).min()?;
        let end_ns = self.spans.iter().map(Span::end_ns).max()?;
        Some(TimeRange { from_ns, to_ns: end_ns.saturating_add(1) })
    }

    /// `None` when there are no spans: no such trace.
    #[must_use]
    pub(crate) fn finish(
        mut self,
        trace: TraceId,
        logs: Vec<LogRecord>,
        incomplete: Vec<Incomplete>,
    ) -> Option<Trace> {
        let range = self.range()?;
        // A parent before its children, also when they began in the same nanosecond.
        self.spans.sort_by_key(|span| {
            (span.start_ns, std::cmp::Reverse(span.end_ns()), span.parent_span_id.is_some())
        });
        self.spans.truncate(SPANS_MAX);
        let self_times = self_time::of(&self.spans);
        for (span, self_ns) in self.spans.iter_mut().zip(self_times) {
            span.place(range.from_ns, self_ns);
        }
        let mut applications: Vec<String> = self.spans.iter().map(|span| span.application.clone()).collect();
        applications.sort_unstable();
        applications.dedup();
        Some(Trace {
            trace_id: trace.to_string(),
            start_ms: ms_of_ns(range.from_ns),
            duration_ms: ms_of_ns(range.to_ns - 1 - range.from_ns),
            applications,
            spans: self.spans,
            logs,
            incomplete,
        })
    }
}
