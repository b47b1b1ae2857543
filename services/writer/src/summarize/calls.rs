//! The columns of spans that say who calls whom.

use arrow::array::{
    Array, FixedSizeBinaryArray, Int32Array, Int64Array, RecordBatch, StringArray, UInt8Array,
};
use naru_lake::rollup::Grain;
use naru_signal::{SpanKind, StatusCode};

use super::{
    columns::{Columns, text},
    edges::{End, Waiting, call_id},
    names::NameId,
    peer::Called,
    project::Project,
};

/// Columns that [`Project::remember`] needs, in no order.
pub(crate) const COLUMNS: [&str; 17] = [
    "trace_id",
    "span_id",
    "parent_span_id",
    "start_ns",
    "duration_ns",
    "kind",
    "status_code",
    "service_name",
    "db_system",
    "db_namespace",
    "messaging_system",
    "messaging_destination",
    "server_address",
    "server_port",
    "url_full",
    "rpc_method",
    "received_ms",
];

pub(super) struct Calls<'a> {
    pub(super) trace_id: &'a FixedSizeBinaryArray,
    pub(super) span_id: &'a FixedSizeBinaryArray,
    parent_span_id: &'a FixedSizeBinaryArray,
    pub(super) start_ns: &'a Int64Array,
    pub(super) duration_ns: &'a Int64Array,
    kind: &'a UInt8Array,
    status_code: &'a UInt8Array,
    service_name: &'a StringArray,
    pub(super) db_system: &'a StringArray,
    db_namespace: &'a StringArray,
    messaging_system: &'a StringArray,
    messaging_destination: &'a StringArray,
    server_address: &'a StringArray,
    server_port: &'a Int32Array,
    url_full: &'a StringArray,
    rpc_method: &'a StringArray,
    received_ms: &'a Int64Array,
}

impl<'a> Calls<'a> {
    pub(super) fn of(batch: &'a RecordBatch) -> Self {
        let columns = Columns(batch);
        Self {
            trace_id: columns.ids("trace_id"),
            span_id: columns.ids("span_id"),
            parent_span_id: columns.ids("parent_span_id"),
            start_ns: columns.i64s("start_ns"),
            duration_ns: columns.i64s("duration_ns"),
            kind: columns.u8s("kind"),
            status_code: columns.u8s("status_code"),
            service_name: columns.texts("service_name"),
            db_system: columns.texts("db_system"),
            db_namespace: columns.texts("db_namespace"),
            messaging_system: columns.texts("messaging_system"),
            messaging_destination: columns.texts("messaging_destination"),
            server_address: columns.texts("server_address"),
            server_port: columns.i32s("server_port"),
            url_full: columns.texts("url_full"),
            rpc_method: columns.texts("rpc_method"),
            received_ms: columns.i64s("received_ms"),
        }
    }

    pub(super) fn end(&self, row: usize, service: NameId) -> End {
        End {
            service,
            at_ns: self.at_ns(row),
            duration_ns: unsigned(self.duration_ns.value(row)),
            is_error: self.is_error(row),
            is_async: matches!(self.kind(row), SpanKind::Producer | SpanKind::Consumer),
            received_ms: self.received_ms.value(row),
        }
    }

    /// The bucket it counts in.
    fn at_ns(&self, row: usize) -> i64 {
        Grain::TenSeconds.floor(self.start_ns.value(row))
    }

    pub(super) fn is_error(&self, row: usize) -> bool {
        self.status_code.value(row) == StatusCode::Error.code()
    }

    fn kind(&self, row: usize) -> SpanKind {
        SpanKind::from_code(self.kind.value(row))
    }

    fn called(&self, row: usize) -> Called<'a> {
        Called {
            db_system: text(self.db_system, row),
            db_namespace: text(self.db_namespace, row),
            messaging_system: text(self.messaging_system, row),
            messaging_destination: text(self.messaging_destination, row),
            server_address: text(self.server_address, row),
            server_port: self.server_port.is_valid(row).then(|| self.server_port.value(row)),
            url_full: text(self.url_full, row),
            rpc_method: text(self.rpc_method, row),
        }
    }

    /// The service of each row. Rows of one resource and bucket come together: its name is looked up once.
    pub(super) fn service(
        &self,
        row: usize,
        last: &mut Option<(usize, NameId)>,
        project: &mut Project,
    ) -> NameId {
        let (name, at_ns) = (self.service_name.value(row), self.at_ns(row));
        let id = match *last {
            Some((held, id)) if self.at_ns(held) == at_ns && self.service_name.value(held) == name => id,
            _ => project.names.service(name, at_ns),
        };
        *last = Some((row, id));
        id
    }
}

impl Project {
    /// Learns who waits for whom from spans that an earlier owner counted. Names that only this order of them needs are kept
    /// with the next cut.
    pub(crate) fn remember(&mut self, spans: &RecordBatch) {
        let counted = std::mem::take(&mut self.counted);
        self.count_calls(spans);
        self.counted = counted;
    }

    /// Counts who calls whom, and nothing else.
    pub(crate) fn count_calls(&mut self, spans: &RecordBatch) {
        let (calls, mut last) = (Calls::of(spans), None);
        for row in 0..spans.num_rows() {
            let service = calls.service(row, &mut last, self);
            self.count_call(&calls, row, calls.end(row, service));
        }
    }

    pub(super) fn count_call(&mut self, calls: &Calls<'_>, row: usize, end: End) {
        let (names, counted, share) = (&mut self.names, &mut self.counted, self.waiting.share);
        match calls.kind(row) {
            // No process of ours answers for a database.
            SpanKind::Client | SpanKind::Producer if calls.db_system.is_valid(row) => {
                if share.is_first() {
                    Waiting::call_out(names, counted, end, &calls.called(row).node());
                }
            }
            SpanKind::Client | SpanKind::Producer => {
                let id = call_id(calls.trace_id.value(row), calls.span_id.value(row));
                if share.holds(id) {
                    self.waiting.call(names, counted, id, end, &calls.called(row).node());
                }
            }
            SpanKind::Server | SpanKind::Consumer if calls.parent_span_id.is_valid(row) => {
                let id = call_id(calls.trace_id.value(row), calls.parent_span_id.value(row));
                if share.holds(id) {
                    self.waiting.answer(names, counted, id, end);
                }
            }
            SpanKind::Server | SpanKind::Consumer if share.is_first() => Waiting::enter(names, counted, end),
            SpanKind::Server | SpanKind::Consumer => {}
            SpanKind::Internal | SpanKind::Unspecified => {}
        }
    }
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
