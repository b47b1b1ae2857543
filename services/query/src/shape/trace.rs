//! One trace: its spans with categories and self times, and its logs.

mod self_time;
mod span;

use std::cmp::Reverse;

use arrow::array::{Array, RecordBatch};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use self::span::COLUMNS;
use self::span::Span;
use super::{Ms, logs::LogRecord};
use crate::{
    parse::{TimeRange, TraceId, ms_of_ns},
    scan::{Incomplete, Rows, ScanError},
};

/// More spans than this in one trace are a loop in somebody's instrumentation; its roots and then the earliest are
/// shown.
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
    /// Spans that are left out because there are too many.
    omitted_spans: usize,
    /// Oldest first.
    logs: Vec<LogRecord>,
    incomplete: Vec<Incomplete>,
}

/// Collects a trace's spans, and never holds many more than it will show.
#[derive(Debug)]
pub(crate) struct Fold {
    spans_max: usize,
    spans: Vec<Span>,
    omitted: usize,
    /// Of all spans, also of those that are left out.
    range: Option<TimeRange>,
    /// Where the latest span that is kept begins, as soon as some had to be left out.
    latest_ns: Option<i64>,
}

impl Default for Fold {
    fn default() -> Self {
        Self { spans_max: SPANS_MAX, spans: Vec::new(), omitted: 0, range: None, latest_ns: None }
    }
}

impl Fold {
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (starts, durations) = (rows.i64s("start_ns")?, rows.i64s("duration_ns")?);
        let parents = rows.ids("parent_span_id")?;
        for row in 0..batch.num_rows() {
            let start_ns = starts.value(row);
            self.widen(start_ns, start_ns.saturating_add(durations.value(row).max(0)));
            // Seen without reading the other columns, which is what costs.
            if parents.is_valid(row) && self.latest_ns.is_some_and(|latest| start_ns > latest) {
                self.omitted += 1;
                continue;
            }
            self.spans.push(span::read(rows, row)?);
            // With room for as many again, what is kept is sorted out rarely.
            if self.spans.len() >= self.spans_max * 2 {
                self.keep_first();
            }
        }
        Ok(())
    }

    fn widen(&mut self, start_ns: i64, end_ns: i64) {
        let to_ns = end_ns.saturating_add(1);
        let range = self.range.get_or_insert(TimeRange { from_ns: start_ns, to_ns });
        range.from_ns = range.from_ns.min(start_ns);
        range.to_ns = range.to_ns.max(to_ns);
    }

    /// Lets go of all but roots and the earliest.
    fn keep_first(&mut self) {
        if self.spans.len() <= self.spans_max {
            return;
        }
        self.spans.sort_by_key(|span| (span.parent_span_id.is_some(), span.start_ns));
        self.omitted += self.spans.len() - self.spans_max;
        self.spans.truncate(self.spans_max);
        self.latest_ns = self.spans.last().map(|span| span.start_ns);
    }

    /// When the trace was under way; `None` when it has no spans.
    #[must_use]
    pub(crate) fn range(&self) -> Option<TimeRange> {
        self.range
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
        self.keep_first();
        // A parent before its children, also when they began in the same nanosecond.
        self.spans.sort_by_key(|span| (span.start_ns, Reverse(span.end_ns()), span.parent_span_id.is_some()));
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
            omitted_spans: self.omitted,
            logs,
            incomplete,
        })
    }
}

#[cfg(test)]
mod tests {
    use arrow::json::ReaderBuilder;
    use naru_lake::schema;
    use naru_signal::Signal;
    use serde_json::{Value, json};

    use super::*;

    /// Spans of one trace: (span id, parent's id, start in ms), each 1 ms long.
    fn batch(spans: &[(u64, Option<u64>, i64)]) -> RecordBatch {
        let row = |&(id, parent, start_ms): &(u64, Option<u64>, i64)| {
            json!({
                "trace_id": format!("{:032x}", 1), "span_id": format!("{id:016x}"),
                "parent_span_id": parent.map(|parent| format!("{parent:016x}")), "is_entry": parent.is_none(),
                "start_ns": start_ms * 1_000_000, "duration_ns": 1_000_000, "name": "n", "kind": 1,
                "status_code": 0, "service_name": "shop", "operation": "o", "attributes": "", "resource": "",
                "received_ms": start_ms,
            })
        };
        let rows: Vec<Value> = spans.iter().map(row).collect();
        let mut decoder = ReaderBuilder::new(schema::of(Signal::Traces).clone()).build_decoder().unwrap();
        decoder.serialize(&rows).unwrap();
        decoder.flush().unwrap().unwrap()
    }

    #[test]
    fn of_a_trace_without_end_roots_and_the_earliest_spans_are_held_and_the_rest_is_counted() {
        let mut fold = Fold { spans_max: 3, ..Fold::default() };
        // The latest first, and the root, whose clock is behind, last.
        for id in (2..=100).rev() {
            fold.add(&batch(&[(id, Some(1), id as i64)])).unwrap();
            assert!(fold.spans.len() < 6, "{} held", fold.spans.len());
        }
        fold.add(&batch(&[(101, Some(1), 101), (1, None, 50)])).unwrap();
        let trace =
            fold.finish(TraceId::parse(&format!("{:032x}", 1)).unwrap(), Vec::new(), Vec::new()).unwrap();
        let ids: Vec<String> = trace.spans.iter().map(|span| span.span_id.clone()).collect();
        assert_eq!(ids, [2, 3, 1].map(|id| format!("{id:016x}")));
        assert_eq!(trace.omitted_spans, 98);
        assert_eq!((trace.start_ms, trace.duration_ms), (2.0, 100.0), "of all spans");
    }
}
