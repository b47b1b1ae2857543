//! The list behind a selection: transactions, with what they waited for.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
};

use arrow::array::{Array, RecordBatch};
use naru_signal::SpanKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Ms, calls::Calls};
use crate::{
    parse::{Place, SpanId, TimeRange, TraceId, ms_of_ns},
    scan::{Incomplete, Rows, ScanError, TraceRef, text},
};

/// What is read for the list, with the filters' columns.
pub(crate) const COLUMNS: &[&str] = &[
    "trace_id",
    "span_id",
    "is_entry",
    "start_ns",
    "duration_ns",
    "name",
    "kind",
    "status_code",
    "service_name",
    "service_instance",
    "http_status_code",
    "client_address",
    "user_id",
    "exception_type",
    "operation",
    "received_ms",
];

pub(crate) const LIMIT_DEFAULT: usize = 100;
pub(crate) const LIMIT_MAX: usize = 1_000;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Transactions {
    transactions: Vec<Transaction>,
    /// Null on the last page.
    next_cursor: Option<String>,
    /// All transactions that the question fits; on the first page only.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    incomplete: Vec<Incomplete>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Transaction {
    trace_id: String,
    span_id: String,
    start_ms: Ms,
    duration_ms: Ms,
    application: String,
    instance: Option<String>,
    operation: String,
    name: String,
    kind: &'static str,
    /// `ok`, `error` or `unset`.
    status: &'static str,
    http_status_code: Option<i32>,
    sql_ms: Ms,
    sql_count: u64,
    external_ms: Ms,
    external_count: u64,
    client_address: Option<String>,
    user_id: Option<String>,
    exception_type: Option<String>,
}

/// How a list is sorted; always falling, ties by span id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Start,
    Duration,
}

impl Order {
    #[must_use]
    pub(crate) const fn column(self) -> &'static str {
        match self {
            Self::Start => "start_ns",
            Self::Duration => "duration_ns",
        }
    }
}

/// One row with what its answer alone does not hold.
#[derive(Debug)]
struct Row {
    transaction: Transaction,
    trace: TraceRef,
    span: SpanId,
    start_ns: i64,
    duration_ns: i64,
    received_ms: i64,
}

/// One page, in order.
#[derive(Debug, Default)]
pub(crate) struct Page {
    rows: Vec<Row>,
    has_more: bool,
}

impl Page {
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (traces, spans) = (rows.traces()?, rows.ids("span_id")?);
        let (starts, durations) = (rows.i64s("start_ns")?, rows.i64s("duration_ns")?);
        let (kinds, statuses) = (rows.u8s("kind")?, rows.u8s("status_code")?);
        let (services, instances) = (rows.texts("service_name")?, rows.texts("service_instance")?);
        let (operations, names) = (rows.texts("operation")?, rows.texts("name")?);
        let codes = rows.i32s("http_status_code")?;
        let (clients, users) = (rows.texts("client_address")?, rows.texts("user_id")?);
        let exceptions = rows.texts("exception_type")?;
        let received = rows.i64s("received_ms")?;
        for row in 0..batch.num_rows() {
            let ids = (TraceRef::of(traces, row), SpanId::from_slice(spans.value(row)));
            let (Some(trace), Some(span)) = ids else { continue };
            let owned = |text: Option<&str>| text.map(str::to_owned);
            let (start_ns, duration_ns) = (starts.value(row), durations.value(row));
            let Calls { sql_ms, sql_count, external_ms, external_count } = Calls::default();
            let transaction = Transaction {
                trace_id: String::new(),
                span_id: span.to_string(),
                start_ms: ms_of_ns(start_ns),
                duration_ms: ms_of_ns(duration_ns),
                application: services.value(row).to_owned(),
                instance: owned(text(instances, row)),
                operation: operations.value(row).to_owned(),
                name: names.value(row).to_owned(),
                kind: SpanKind::from_code(kinds.value(row)).as_str(),
                status: super::status_word(statuses.value(row)),
                http_status_code: codes.is_valid(row).then(|| codes.value(row)),
                sql_ms,
                sql_count,
                external_ms,
                external_count,
                client_address: owned(text(clients, row)),
                user_id: owned(text(users, row)),
                exception_type: owned(text(exceptions, row)),
            };
            self.rows.push(Row {
                transaction,
                trace,
                span,
                start_ns,
                duration_ns,
                received_ms: received.value(row),
            });
        }
        Ok(())
    }

    /// Rows came in any order.
    pub(crate) fn sort(&mut self, order: Order) {
        self.rows.sort_unstable_by_key(|row| {
            let value = match order {
                Order::Start => row.start_ns,
                Order::Duration => row.duration_ns,
            };
            Reverse((value, *row.span.bytes()))
        });
    }

    /// Keeps `limit` rows. A scan asks for one more, which tells whether there is another page.
    pub(crate) fn cut(&mut self, limit: usize) {
        self.has_more = self.rows.len() > limit;
        self.rows.truncate(limit);
    }

    /// The traces on this page, each once.
    #[must_use]
    pub(crate) fn traces(&self) -> Vec<TraceRef> {
        let mut traces: Vec<TraceRef> = self.rows.iter().map(|row| row.trace).collect();
        traces.sort_unstable();
        traces.dedup();
        traces
    }

    /// Services of the transactions on this page, each once.
    #[must_use]
    pub(crate) fn services(&self) -> Vec<String> {
        let services: BTreeSet<&str> =
            self.rows.iter().map(|row| row.transaction.application.as_str()).collect();
        services.into_iter().map(str::to_owned).collect()
    }

    /// When the transactions on this page were under way; `None` for an empty page.
    #[must_use]
    pub(crate) fn range(&self) -> Option<TimeRange> {
        let from_ns = self.rows.iter().map(|row| row.start_ns).min()?;
        let end_ns = self.rows.iter().map(|row| row.start_ns.saturating_add(row.duration_ns.max(0))).max()?;
        Some(TimeRange { from_ns, to_ns: end_ns.saturating_add(1) })
    }

    /// The newest receive time on this page. Gateways' clocks may be ahead of ours.
    #[must_use]
    pub(crate) fn received_through_ms(&self) -> Option<i64> {
        self.rows.iter().map(|row| row.received_ms).max()
    }

    /// Where the next page begins; `None` when this is the last.
    #[must_use]
    pub(crate) fn end(&self, order: Order) -> Option<Place> {
        let last = self.rows.last().filter(|_| self.has_more)?;
        let value = match order {
            Order::Start => last.start_ns,
            Order::Duration => last.duration_ns,
        };
        Some(Place { value, tie: u64::from_be_bytes(*last.span.bytes()) })
    }

    /// `ids` names every trace of the page.
    #[must_use]
    pub(crate) fn finish(
        self,
        ids: &HashMap<TraceRef, TraceId>,
        calls: &HashMap<(TraceId, SpanId), Calls>,
        next_cursor: Option<String>,
        total: Option<u64>,
        incomplete: Vec<Incomplete>,
    ) -> Transactions {
        let named = |row: Row| {
            let trace = ids.get(&row.trace)?;
            let Calls { sql_ms, sql_count, external_ms, external_count } =
                calls.get(&(*trace, row.span)).copied().unwrap_or_default();
            let trace_id = trace.to_string();
            Some(Transaction { trace_id, sql_ms, sql_count, external_ms, external_count, ..row.transaction })
        };
        let transactions = self.rows.into_iter().filter_map(named).collect();
        Transactions { transactions, next_cursor, total, incomplete }
    }
}
