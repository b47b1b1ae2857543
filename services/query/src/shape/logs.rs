//! Log records, newest first.

use std::collections::HashMap;

use arrow::array::{Array, RecordBatch};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Attributes, Ms, json};
use crate::{
    parse::{Place, SpanId, TraceId, ms_of_ns},
    scan::{Incomplete, Rows, ScanError, TraceRef, text},
};

pub(crate) const COLUMNS: &[&str] = &[
    "time_ns",
    "severity_number",
    "severity_text",
    "body",
    "trace_id",
    "span_id",
    "service_name",
    "service_instance",
    "attributes",
    "resource",
    "received_ms",
];

pub(crate) const LIMIT_DEFAULT: usize = 100;
pub(crate) const LIMIT_MAX: usize = 1_000;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Logs {
    logs: Vec<LogRecord>,
    /// Null on the last page.
    next_cursor: Option<String>,
    incomplete: Vec<Incomplete>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogRecord {
    time_ms: Ms,
    /// 1 to 24 as OpenTelemetry numbers them; 0 = not said.
    severity_number: u8,
    severity_text: Option<String>,
    body: String,
    application: String,
    instance: Option<String>,
    trace_id: Option<String>,
    span_id: Option<String>,
    #[schema(value_type = Object)]
    attributes: Attributes,
    #[schema(value_type = Object)]
    resource: Attributes,
}

/// One page, in order.
#[derive(Debug, Default)]
pub(crate) struct Page {
    logs: Vec<LogRecord>,
    times_ns: Vec<i64>,
    traces: Vec<Option<TraceRef>>,
    received_through_ms: Option<i64>,
    has_more: bool,
}

impl Page {
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (times, numbers) = (rows.i64s("time_ns")?, rows.u8s("severity_number")?);
        let (words, bodies) = (rows.texts("severity_text")?, rows.texts("body")?);
        let (traces, spans) = (rows.traces()?, rows.ids("span_id")?);
        let (services, instances) = (rows.texts("service_name")?, rows.texts("service_instance")?);
        let (attributes, resources) = (rows.messages("attributes")?, rows.messages("resource")?);
        let received = rows.i64s("received_ms")?;
        for row in 0..batch.num_rows() {
            let span = spans.is_valid(row).then(|| spans.value(row)).and_then(SpanId::from_slice);
            self.times_ns.push(times.value(row));
            self.received_through_ms = self.received_through_ms.max(Some(received.value(row)));
            self.traces.push(TraceRef::of(traces, row));
            self.logs.push(LogRecord {
                time_ms: ms_of_ns(times.value(row)),
                severity_number: numbers.value(row),
                severity_text: text(words, row).map(str::to_owned),
                body: bodies.value(row).to_owned(),
                application: services.value(row).to_owned(),
                instance: text(instances, row).map(str::to_owned),
                trace_id: None,
                span_id: span.map(|span| span.to_string()),
                attributes: json::attributes(attributes.value(row)),
                resource: json::attributes(resources.value(row)),
            });
        }
        Ok(())
    }

    /// Drops the rows that an earlier page showed, then keeps `limit`.
    pub(crate) fn cut(&mut self, shown: usize, limit: usize) {
        let shown = shown.min(self.logs.len());
        self.logs.drain(..shown);
        self.times_ns.drain(..shown);
        self.traces.drain(..shown);
        self.has_more = self.logs.len() > limit;
        self.logs.truncate(limit);
        self.times_ns.truncate(limit);
        self.traces.truncate(limit);
    }

    /// Traces of records on this page.
    pub(crate) fn traces(&self) -> impl Iterator<Item = TraceRef> + '_ {
        self.traces.iter().copied().flatten()
    }

    /// Fills in the ids behind [`Self::traces`].
    pub(crate) fn name_traces(&mut self, ids: &HashMap<TraceRef, TraceId>) {
        for (log, trace) in self.logs.iter_mut().zip(&self.traces) {
            log.trace_id = trace.and_then(|trace| ids.get(&trace)).map(ToString::to_string);
        }
    }

    #[must_use]
    pub(crate) const fn received_through_ms(&self) -> Option<i64> {
        self.received_through_ms
    }

    /// Where the next page begins: after so many rows of this time. `before` is where this page began.
    #[must_use]
    pub(crate) fn end(&self, before: Option<Place>) -> Option<Place> {
        let last = *self.times_ns.last().filter(|_| self.has_more)?;
        let here = self.times_ns.iter().rev().take_while(|time| **time == last).count() as u64;
        // A page of one time throughout goes on counting where the page before stopped.
        let earlier = before.filter(|before| before.value == last).map_or(0, |before| before.tie);
        Some(Place { value: last, tie: earlier + here })
    }

    #[must_use]
    pub(crate) fn finish(self, next_cursor: Option<String>, incomplete: Vec<Incomplete>) -> Logs {
        Logs { logs: self.logs, next_cursor, incomplete }
    }

    /// The records alone, oldest first: a trace's.
    #[must_use]
    pub(crate) fn into_oldest_first(mut self) -> Vec<LogRecord> {
        self.logs.reverse();
        self.logs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(times: &[i64]) -> Page {
        let log = || LogRecord {
            time_ms: 0.0,
            severity_number: 9,
            severity_text: None,
            body: String::new(),
            application: String::new(),
            instance: None,
            trace_id: None,
            span_id: None,
            attributes: Attributes::new(),
            resource: Attributes::new(),
        };
        Page {
            logs: times.iter().map(|_| log()).collect(),
            times_ns: times.to_vec(),
            traces: vec![None; times.len()],
            ..Page::default()
        }
    }

    #[test]
    fn pages_of_equal_times_neither_skip_nor_repeat() {
        // Five records, four of one time, two a page; a scan finds everything at or before the place's time.
        let mut first = page(&[9, 7, 7]);
        first.cut(0, 2);
        let place = first.end(None).unwrap();
        assert_eq!(place, Place { value: 7, tie: 1 });

        let mut second = page(&[7, 7, 7, 7]);
        second.cut(1, 2);
        let place = second.end(Some(place)).unwrap();
        assert_eq!(place, Place { value: 7, tie: 3 });

        let mut third = page(&[7, 7, 7, 7]);
        third.cut(3, 2);
        assert_eq!((third.logs.len(), third.end(Some(place))), (1, None));
    }
}
