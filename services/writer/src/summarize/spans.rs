//! Spans: transactions, calls, statements, exceptions, people.

use arrow::array::{Array, BooleanArray, RecordBatch, StringArray};
use naru_lake::rollup::{Grain, Identity, Kind, Sample, exception::Exception};
use naru_otlp::view::{AnyValue, Attributes};
use naru_signal::semconv::{EXCEPTION_MESSAGE, EXCEPTION_STACKTRACE};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{
    calls::{Calls, unsigned},
    columns::{Columns, text},
    edges::End,
    key::Key,
    names::NameId,
    project::Project,
    threshold::Thresholds,
};

/// The columns of spans that are counted.
struct Spans<'a> {
    calls: Calls<'a>,
    is_entry: &'a BooleanArray,
    service_instance: &'a StringArray,
    language: &'a StringArray,
    operation: &'a StringArray,
    db_statement: &'a StringArray,
    exception_type: &'a StringArray,
    exception_message: &'a StringArray,
    exception_stacktrace: &'a StringArray,
    user_id: &'a StringArray,
    session_id: &'a StringArray,
    client_address: &'a StringArray,
    user_agent: &'a StringArray,
}

impl<'a> Spans<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let columns = Columns(batch);
        Self {
            calls: Calls::of(batch),
            is_entry: columns.bools("is_entry"),
            service_instance: columns.texts("service_instance"),
            language: columns.texts("telemetry_sdk_language"),
            operation: columns.texts("operation"),
            db_statement: columns.texts("db_statement"),
            exception_type: columns.texts("exception_type"),
            exception_message: columns.texts("exception_message"),
            exception_stacktrace: columns.texts("exception_stacktrace"),
            user_id: columns.texts("user_id"),
            session_id: columns.texts("session_id"),
            client_address: columns.texts("client_address"),
            user_agent: columns.texts("user_agent"),
        }
    }

    fn sample(&self, row: usize, rank: u64) -> Sample {
        Sample {
            rank,
            trace_id: fixed(self.calls.trace_id.value(row)),
            span_id: fixed(self.calls.span_id.value(row)),
            start_ns: self.calls.start_ns.value(row),
            duration_ns: unsigned(self.calls.duration_ns.value(row)),
            is_error: self.calls.is_error(row),
        }
    }
}

impl Project {
    pub(super) fn count_spans(&mut self, batch: &RecordBatch) {
        let (spans, mut last) = (Spans::of(batch), None);
        let mut thresholds = Thresholds::of(batch, self.apdex_ns);
        for row in 0..batch.num_rows() {
            let service = spans.calls.service(row, &mut last, self);
            let end = spans.calls.end(row, service);
            if spans.is_entry.value(row) {
                self.count_transaction(&spans, row, &end, thresholds.at(row));
            }
            self.count_call(&spans.calls, row, end);
            if spans.db_statement.is_valid(row) {
                self.count_statement(&spans, row, &end);
            }
            if spans.exception_type.is_valid(row) || spans.exception_message.is_valid(row) {
                self.count_exception(&spans, row, &end);
            }
        }
    }

    /// `t_ns` is T of the APDEX.
    fn count_transaction(&mut self, spans: &Spans<'_>, row: usize, end: &End, t_ns: u64) {
        let (service, at_ns) = (end.service, end.at_ns);
        let instance = text(spans.service_instance, row).unwrap_or_default();
        let instance = self.names.name(Kind::Instance, service, instance, at_ns);
        let operation = self.names.name(Kind::Operation, service, spans.operation.value(row), at_ns);
        let keys = [
            (Kind::Project, NameId::EMPTY, NameId::EMPTY),
            (Kind::Service, service, NameId::EMPTY),
            (Kind::Instance, service, instance),
            (Kind::Operation, service, operation),
        ];
        for (kind, service, name) in keys {
            let summary = self.counted.at(Key { kind, at_ns, service, name });
            summary.count(end.duration_ns, end.is_error);
            summary.satisfaction.add(end.duration_ns, end.is_error, t_ns);
            if kind == Kind::Service {
                summary.merge_text(text(spans.language, row));
            }
        }
        let slowest = Key { kind: Kind::Slowest, at_ns, service, name: NameId::EMPTY };
        self.counted.at(slowest).samples.add(spans.sample(row, end.duration_ns));
        if let Some((identity, hash)) = who(spans, row, self.people_seed) {
            for service in [NameId::EMPTY, service] {
                let name = self.names.name(Kind::Users, service, identity.as_str(), at_ns);
                self.counted.at(Key { kind: Kind::Users, at_ns, service, name }).people.add(hash);
            }
        }
    }

    fn count_statement(&mut self, spans: &Spans<'_>, row: usize, end: &End) {
        let Some(system) = text(spans.calls.db_system, row) else { return };
        let Some(statement) = self.statements.of(system, spans.db_statement.value(row)) else { return };
        let name = self.names.name(Kind::Statement, end.service, &statement.name, end.at_ns);
        let key = Key { kind: Kind::Statement, at_ns: end.at_ns, service: end.service, name };
        let summary = self.counted.at(key);
        summary.count(end.duration_ns, end.is_error);
        summary.samples.add(spans.sample(row, end.duration_ns));
        if name != NameId::OTHER {
            summary.merge_text(Some(&statement.text));
        }
    }

    fn count_exception(&mut self, spans: &Spans<'_>, row: usize, end: &End) {
        let exception = Exception {
            type_name: text(spans.exception_type, row).unwrap_or_default(),
            message: text(spans.exception_message, row).unwrap_or_default(),
            stacktrace: text(spans.exception_stacktrace, row).unwrap_or_default(),
        };
        // A hash for rank: any of them, and the same ones whenever they are counted.
        let sample = spans.sample(row, xxh3_64(spans.calls.span_id.value(row)));
        let place = (end.service, end.at_ns);
        self.exceptions.count(&mut self.names, &mut self.counted, place, &exception, Some(sample));
    }

    /// Exceptions that were logged.
    pub(super) fn count_logs(&mut self, batch: &RecordBatch) {
        let columns = Columns(batch);
        let types = columns.texts("exception_type");
        let (times, services) = (columns.i64s("time_ns"), columns.texts("service_name"));
        let (traces, spans) = (columns.ids("trace_id"), columns.ids("span_id"));
        let attributes = columns.binaries("attributes");
        for row in 0..batch.num_rows() {
            let attributes = Attributes::of(attributes.value(row), 1);
            let found = |key: &str| attributes.find(key);
            let message = found(EXCEPTION_MESSAGE);
            // One of the two is always there.
            if types.is_null(row) && message.is_none() {
                continue;
            }
            let stacktrace = found(EXCEPTION_STACKTRACE);
            let (message, stacktrace) = (
                message.as_ref().and_then(AnyValue::as_text).unwrap_or_default(),
                stacktrace.as_ref().and_then(AnyValue::as_text).unwrap_or_default(),
            );
            let exception = Exception {
                type_name: text(types, row).unwrap_or_default(),
                message: &message,
                stacktrace: &stacktrace,
            };
            let start_ns = times.value(row);
            let sample = traces.is_valid(row).then(|| Sample {
                rank: xxh3_64(if spans.is_valid(row) { spans.value(row) } else { traces.value(row) }),
                trace_id: fixed(traces.value(row)),
                span_id: if spans.is_valid(row) { fixed(spans.value(row)) } else { [0; 8] },
                start_ns,
                duration_ns: 0,
                is_error: true,
            });
            let at_ns = Grain::TenSeconds.floor(start_ns);
            let service = self.names.service(services.value(row), at_ns);
            self.exceptions.count(&mut self.names, &mut self.counted, (service, at_ns), &exception, sample);
        }
    }
}

/// Who made a transaction: user, else session, else address and agent. `None` for a request without any of them, such as
/// a cron job's.
fn who(spans: &Spans<'_>, row: usize, seed: u64) -> Option<(Identity, u64)> {
    if let Some(user) = text(spans.user_id, row) {
        return Some((Identity::User, xxh3_64_with_seed(user.as_bytes(), seed)));
    }
    if let Some(session) = text(spans.session_id, row) {
        return Some((Identity::Session, xxh3_64_with_seed(session.as_bytes(), seed)));
    }
    let address = text(spans.client_address, row)?;
    let agent = text(spans.user_agent, row).unwrap_or_default();
    let hash = xxh3_64_with_seed(address.as_bytes(), seed);
    Some((Identity::Client, xxh3_64_with_seed(agent.as_bytes(), hash)))
}

fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("ids have the length of their column")
}
