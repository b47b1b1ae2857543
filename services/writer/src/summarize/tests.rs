//! What is counted depends on the spans alone: not on their order, not on packs, not on where a cut or a restart fell.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray,
    UInt8Array, new_null_array,
};
use naru_ids::TenantId;
use naru_lake::{
    rollup::{Grain, Kind, Sums},
    schema,
};
use naru_otlp::wire::put_bytes;
use naru_signal::Signal;
use opentelemetry_proto::tonic::{
    collector::logs::v1::ExportLogsServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
};
use proptest::prelude::*;
use prost::Message;

use super::{Memory, Project, Share};

const S: i64 = 1_000_000_000;
const MS: u64 = 1_000_000;
const T_NS: u64 = 500 * MS;
const SERVER: u8 = 2;
const CLIENT: u8 = 3;
const PRODUCER: u8 = 4;
const CONSUMER: u8 = 5;

#[derive(Debug, Clone, Copy)]
struct Span {
    trace: u8,
    span: u8,
    parent: u8,
    kind: u8,
    service: &'static str,
    start_ns: i64,
    duration_ns: u64,
    is_error: bool,
    db: Option<(&'static str, &'static str)>,
    host: Option<&'static str>,
    user: Option<&'static str>,
    exception: Option<&'static str>,
    /// What its resource says of APDEX.
    apdex_t_ms: Option<&'static str>,
    received_ms: i64,
}

const SPAN: Span = Span {
    trace: 1,
    span: 1,
    parent: 0,
    kind: SERVER,
    service: "shop",
    start_ns: 1_000 * S,
    duration_ns: 20 * MS,
    is_error: false,
    db: None,
    host: None,
    user: None,
    exception: None,
    apdex_t_ms: None,
    received_ms: 1_001_000,
};

/// An OTLP resource.
fn resource(span: &Span) -> Vec<u8> {
    let (mut value, mut attribute, mut resource) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(t_ms) = span.apdex_t_ms {
        put_bytes(&mut value, 1, t_ms.as_bytes());
        put_bytes(&mut attribute, 1, b"naru.apdex.t_ms");
        put_bytes(&mut attribute, 2, &value);
        put_bytes(&mut resource, 1, &attribute);
    }
    resource
}

fn batch(spans: &[Span]) -> RecordBatch {
    fn texts<'a>(spans: &'a [Span], of: impl Fn(&'a Span) -> Option<&'a str>) -> ArrayRef {
        Arc::new(spans.iter().map(of).collect::<StringArray>())
    }
    let ids = |length: usize, of: fn(&Span) -> u8| -> ArrayRef {
        let cells = spans.iter().map(|span| (of(span) > 0).then(|| vec![of(span); length]));
        let length = i32::try_from(length).unwrap();
        Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(cells, length).unwrap())
    };
    let numbers = |of: fn(&Span) -> i64| -> ArrayRef {
        Arc::new(spans.iter().map(of).collect::<Vec<_>>().into_iter().collect::<Int64Array>())
    };
    let column = |name: &str| -> Option<ArrayRef> {
        Some(match name {
            "trace_id" => ids(16, |span| span.trace),
            "span_id" => ids(8, |span| span.span),
            "parent_span_id" => ids(8, |span| span.parent),
            "is_entry" => Arc::new(
                spans
                    .iter()
                    .map(|span| Some(span.parent == 0 || matches!(span.kind, SERVER | CONSUMER)))
                    .collect::<BooleanArray>(),
            ),
            "start_ns" => numbers(|span| span.start_ns),
            "duration_ns" => numbers(|span| i64::try_from(span.duration_ns).unwrap()),
            "received_ms" => numbers(|span| span.received_ms),
            "kind" => Arc::new(spans.iter().map(|span| Some(span.kind)).collect::<UInt8Array>()),
            "status_code" => Arc::new(
                spans.iter().map(|span| Some(if span.is_error { 2 } else { 0 })).collect::<UInt8Array>(),
            ),
            "service_name" => texts(spans, |span| Some(span.service)),
            "name" | "operation" => texts(spans, |_| Some("GET /")),
            "db_system" => texts(spans, |span| span.db.map(|(system, _)| system)),
            "db_statement" => texts(spans, |span| span.db.map(|(_, statement)| statement)),
            "server_address" => texts(spans, |span| span.host),
            "user_id" => texts(spans, |span| span.user),
            "exception_type" => texts(spans, |span| span.exception),
            "resource" => Arc::new(BinaryArray::from_iter_values(spans.iter().map(resource))),
            _ => return None,
        })
    };
    let schema = schema::spans();
    let columns = schema.fields().iter().map(|field| {
        let nullable = field.as_ref().clone().with_nullable(true);
        let array = column(field.name()).unwrap_or_else(|| new_null_array(field.data_type(), spans.len()));
        (nullable, array)
    });
    let (fields, columns): (Vec<_>, Vec<_>) = columns.unzip();
    RecordBatch::try_new(Arc::new(arrow::datatypes::Schema::new(fields)), columns).unwrap()
}

fn project() -> Project {
    let room = Arc::new(super::WaitingRoom::without_end());
    let memory = Arc::new(Memory::new(1 << 20));
    Project::new(TenantId::from_uuid(uuid::Uuid::nil()), T_NS, room, memory, Arc::default())
}

/// All kinds in buckets of a minute, with edges as a reader sees them.
fn net(frozen: &[super::Frozen]) -> Sums {
    let mut sums = Sums::default();
    frozen.iter().for_each(|part| part.add_to(&mut sums, Grain::Minute, |_, _| true));
    sums.net()
}

fn count(batches: &[&[Span]]) -> Sums {
    let mut project = project();
    batches.iter().for_each(|spans| project.count(Signal::Traces, &batch(spans)));
    net(&[project.take().0])
}

fn edges(rows: &Sums) -> Vec<(&str, &str, u64, u64)> {
    rows.iter()
        .filter(|(key, _)| key.kind == Kind::Edge)
        .map(|(key, edge)| (&*key.service, &*key.name, edge.ok.count(), edge.failed.count()))
        .collect()
}

#[test]
fn a_transaction_counts_for_service_instance_operation_and_person() {
    let failed = Span { span: 2, duration_ns: 3_000 * MS, is_error: true, user: Some("kim"), ..SPAN };
    let rows = count(&[&[SPAN, Span { span: 3, parent: 9, kind: CLIENT, ..SPAN }, failed]]);
    for kind in [Kind::Project, Kind::Service, Kind::Instance, Kind::Operation] {
        let (_, summary) = rows.iter().find(|(key, _)| key.kind == kind).unwrap();
        assert_eq!((summary.ok.count(), summary.failed.count()), (1, 1), "{kind:?}");
        assert_eq!(summary.satisfaction.score(&summary.ok, 1, T_NS).map(|score| score.at_least), Some(0.5));
    }
    let (_, slowest) = rows.iter().find(|(key, _)| key.kind == Kind::Slowest).unwrap();
    let durations: Vec<u64> = slowest.samples.iter().map(|sample| sample.duration_ns / MS).collect();
    assert_eq!(durations, [3_000, 20]);
    let (users, people) = rows.iter().find(|(key, _)| key.kind == Kind::Users).unwrap();
    assert_eq!((&*users.name, people.people.estimate().round() as u64), ("user", 1));
}

#[test]
fn every_application_is_judged_by_the_t_that_its_resource_says() {
    let score = |apdex_t_ms| {
        let rows = count(&[&[Span { duration_ns: 200 * MS, apdex_t_ms, ..SPAN }]]);
        let (_, summary) = rows.iter().find(|(key, _)| key.kind == Kind::Project).unwrap();
        summary.satisfaction.own_score().unwrap()
    };
    assert_eq!(score(Some("100")), (Some(100 * MS), 0.5));
    assert_eq!(score(Some("200")), (Some(200 * MS), 1.0));
    for without in [None, Some("soon"), Some("0"), Some("-5"), Some("99999999999")] {
        assert_eq!(score(without), (Some(T_NS), 1.0), "{without:?}");
    }
}

#[test]
fn an_exception_is_counted_of_a_log_record_that_has_its_type_or_only_its_message() {
    let record = |key: &str, value: &str| LogRecord {
        time_unix_nano: 1_000_000_000,
        attributes: vec![KeyValue {
            key: key.to_owned(),
            value: Some(AnyValue { value: Some(any_value::Value::StringValue(value.to_owned())) }),
            ..KeyValue::default()
        }],
        ..LogRecord::default()
    };
    let log_records = vec![
        record("exception.type", "Boom"),
        record("exception.message", "it broke"),
        record("message", "it broke"),
    ];
    let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
    let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
    let request = ExportLogsServiceRequest { resource_logs }.encode_to_vec();
    let rows = crate::decode::request(Signal::Logs, request.into(), 1_000).unwrap();
    let mut project = project();
    project.count(Signal::Logs, &rows);
    let counted = net(&[project.take().0]);
    let exceptions = counted.into_iter().filter(|(key, _)| key.kind == Kind::Exception);
    assert_eq!(exceptions.map(|(_, sum)| sum.failed.count()).sum::<u64>(), 2);
}

#[test]
fn a_statement_and_an_exception_count_under_their_fingerprints() {
    let one =
        Span { kind: CLIENT, parent: 9, db: Some(("postgresql", "select 1 from a where id = 5")), ..SPAN };
    let other = Span { span: 2, db: Some(("postgresql", "select 1 from a where id = 6")), ..one };
    let raised = Span { span: 3, exception: Some("ValueError"), is_error: true, ..SPAN };
    let rows = count(&[&[one, other, raised]]);
    let (key, statement) = rows.iter().find(|(key, _)| key.kind == Kind::Statement).unwrap();
    assert!(key.name.starts_with("postgresql/"));
    assert_eq!((statement.text.as_deref(), statement.ok.count()), (Some("select ? from a where id = ?"), 2));
    let (_, exception) = rows.iter().find(|(key, _)| key.kind == Kind::Exception).unwrap();
    assert_eq!((exception.text.as_deref(), exception.failed.count()), (Some("ValueError"), 1));
    assert_eq!(exception.samples.iter().count(), 1);
    assert_eq!(edges(&rows), [("outside:", "service:shop", 0, 1), ("service:shop", "db:postgresql/", 2, 0),]);
}

#[test]
fn a_call_and_its_answer_are_one_edge_whichever_came_first() {
    let call = Span { span: 5, parent: 9, kind: CLIENT, host: Some("stock"), ..SPAN };
    let answer = Span { span: 6, parent: 5, service: "stock", is_error: true, ..SPAN };
    for batches in [[&[call][..], &[answer]], [&[answer], &[call]]] {
        assert_eq!(edges(&count(&batches)), [("service:shop", "service:stock", 0, 1)]);
    }
    assert_eq!(edges(&count(&[&[call]])), [("service:shop", "external:stock", 1, 0)]);
    assert_eq!(edges(&count(&[&[answer]])), [("outside:", "service:stock", 0, 1)]);
    let late = Span { received_ms: SPAN.received_ms + 60_001, ..answer };
    let alone = [("outside:", "service:stock", 0, 1), ("service:shop", "external:stock", 1, 0)];
    assert_eq!(edges(&count(&[&[call], &[late]])), alone);
    assert_eq!(edges(&count(&[&[late], &[call]])), alone);
}

#[test]
fn a_new_owner_goes_on_where_the_last_one_ended() {
    let call = Span { span: 5, parent: 9, kind: CLIENT, host: Some("stock"), ..SPAN };
    let answer = Span { span: 6, parent: 5, service: "stock", ..SPAN };
    let mut before = project();
    before.count(Signal::Traces, &batch(&[call]));
    let (committed, names) = before.take();

    let mut after = project();
    for name in names.names {
        after.names.recall(name.kind, &name.service, &name.name, (name.after_ns, name.until_ns));
    }
    after.remember(&batch(&[call]));
    after.count(Signal::Traces, &batch(&[answer]));
    let (rest, _) = after.take();
    assert_eq!(net(&[committed, rest]), count(&[&[call, answer]]));
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let kind = prop::sample::select(vec![1, SERVER, CLIENT, PRODUCER, CONSUMER]);
    let service = prop::sample::select(vec!["shop", "stock", "mail"]);
    let db =
        prop::sample::select(vec![None, None, Some(("postgresql", "select 2")), Some(("redis", "GET a"))]);
    let span = (1_u8..4, 0_u8..6, kind, service, db, 0_i64..40, 0_u64..5_000, 0_i64..90_000, any::<bool>());
    prop::collection::vec(span, 1..24).prop_map(|drawn| {
        let spans = drawn.into_iter().enumerate().map(
            |(n, (trace, parent, kind, service, db, start_s, ms, received, is_error))| Span {
                trace,
                span: u8::try_from(n + 1).unwrap(),
                parent,
                kind,
                service,
                start_ns: start_s * S,
                duration_ns: ms * MS,
                is_error,
                db,
                host: (ms % 2 == 0).then_some("stock"),
                user: (ms % 3 == 0).then_some("lee"),
                exception: is_error.then_some("ValueError"),
                apdex_t_ms: (service == "mail").then_some("250"),
                received_ms: received,
            },
        );
        spans.collect()
    })
}

proptest! {
    #[test]
    fn any_order_in_any_packs_with_any_cuts_counts_the_same(
        (spans, shuffled) in spans().prop_flat_map(|spans| (Just(spans.clone()), Just(spans).prop_shuffle())),
        pack in 1_usize..8,
    ) {
        let mut project = project();
        let mut cuts = Vec::new();
        for (n, spans) in shuffled.chunks(pack).enumerate() {
            project.count(Signal::Traces, &batch(spans));
            if n % 2 == 1 {
                cuts.push(project.take().0);
            }
        }
        cuts.push(project.take().0);
        prop_assert_eq!(net(&cuts), count(&[&spans]));
    }

    #[test]
    fn a_recount_in_shares_is_the_same((spans, shares) in (spans(), 1_u64..5)) {
        let counted = Share::each(shares, 1).map(|share| {
            let mut project = Project::recounting(TenantId::from_uuid(uuid::Uuid::nil()), T_NS, share);
            project.recount(Signal::Traces, &batch(&spans));
            project.take().0
        });
        let counted: Vec<_> = counted.collect();
        prop_assert_eq!(net(&counted), count(&[&spans]));
    }
}
