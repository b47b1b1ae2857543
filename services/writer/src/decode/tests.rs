//! Requests as `opentelemetry-proto` builds them, read back cell by cell.

mod naming;
mod points_and_records;

use std::fmt::Write;

use arrow::{
    array::{Array, AsArray},
    compute::cast,
    datatypes::DataType,
    util::display::array_value_to_string,
};
use naru_ids::{KeyId, UnixMs};
use naru_otlp::{
    admit::EntryId,
    pack::PackBuilder,
    view::{Attributes, EventView, members},
};
use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    metrics::v1::{
        Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint,
        Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint, exemplar,
        exponential_histogram_data_point::Buckets, metric::Data, number_data_point,
        summary_data_point::ValueAtQuantile,
    },
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span::Event},
};
use prost::Message;

use super::*;

const START_NS: u64 = 1_795_244_400_000_000_000;

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

fn int(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

fn span(kind: i32, attributes: Vec<KeyValue>) -> Span {
    Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        name: "a span".to_owned(),
        kind,
        start_time_unix_nano: START_NS,
        end_time_unix_nano: START_NS + 1_500,
        attributes,
        ..Span::default()
    }
}

fn traces(resource: Vec<KeyValue>, spans: Vec<Span>) -> Vec<u8> {
    let scope = InstrumentationScope { name: "flask".to_owned(), ..InstrumentationScope::default() };
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }];
    let resource = Some(Resource { attributes: resource, ..Resource::default() });
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { resource, scope_spans, ..Default::default() }],
    }
    .encode_to_vec()
}

fn entry(id: u128, signal: Signal, bytes: Vec<u8>) -> PackedEntry {
    PackedEntry {
        id: EntryId(id),
        tenant: TenantId::from_uuid(Uuid::nil()),
        project: ProjectId::from_uuid(Uuid::nil()),
        key: KeyId::new(UnixMs(1)),
        signal,
        is_unbilled: false,
        items: 0,
        received_ms: 1_795_244_401_000,
        clock_offset_ms: 0,
        bytes: bytes.into(),
    }
}

fn decode(entries: Vec<PackedEntry>) -> Decoded {
    let mut builder = PackBuilder::new();
    for entry in entries {
        builder.push(entry);
    }
    pack(9, &builder.finish(1, 1), &mut Seen::default()).unwrap()
}

/// The cells of one row that hold something, `column=value` by column, of those asked for.
fn cells(rows: &RecordBatch, row: usize, columns: &[&str]) -> String {
    let mut out = String::new();
    for name in columns {
        let column = rows.column_by_name(name).unwrap();
        if column.is_valid(row) {
            let cell = match column.as_binary_opt::<i32>() {
                Some(messages) => json_of(messages.value(row)),
                None => array_value_to_string(column, row).unwrap(),
            };
            write!(out, "{name}={cell} ").unwrap();
        }
    }
    out.trim_end().to_owned()
}

fn json_of(attributes: &[u8]) -> String {
    let mut json = String::new();
    Attributes::of(attributes, 1).write_json(&mut json).unwrap();
    json
}

fn one_span(kind: i32, attributes: Vec<KeyValue>, columns: &[&str]) -> String {
    let decoded = decode(vec![entry(1, Signal::Traces, traces(vec![], vec![span(kind, attributes)]))]);
    cells(&decoded.rows[0].1, 0, columns)
}

const SERVER: i32 = 2;
const CLIENT: i32 = 3;

#[test]
fn old_and_new_http_names_of_a_server_land_in_the_same_columns() {
    let columns = [
        "operation",
        "http_method",
        "http_route",
        "http_status_code",
        "url_path",
        "url_full",
        "server_address",
        "server_port",
        "client_address",
        "user_agent",
        "user_id",
    ];
    let old = one_span(
        SERVER,
        vec![
            text("http.method", "GET"),
            text("http.route", "/orders/<id>"),
            int("http.status_code", 503),
            text("http.target", "/orders/7?full=1"),
            text("http.host", "shop:8080"),
            int("net.host.port", 8080),
            text("net.peer.ip", "10.1.1.1"),
            text("http.user_agent", "curl/8"),
            text("enduser.id", "u7"),
        ],
        &columns,
    );
    let new = one_span(
        SERVER,
        vec![
            text("http.request.method", "GET"),
            text("http.route", "/orders/<id>"),
            int("http.response.status_code", 503),
            text("url.path", "/orders/7"),
            text("url.query", "full=1"),
            text("server.address", "shop"),
            int("server.port", 8080),
            text("client.address", "10.1.1.1"),
            text("user_agent.original", "curl/8"),
            text("user.id", "u7"),
        ],
        &columns,
    );
    assert_eq!(old, new);
    assert_eq!(
        new,
        "operation=GET /orders/<id> http_method=GET http_route=/orders/<id> http_status_code=503 url_path=/orders/7 \
         server_address=shop server_port=8080 client_address=10.1.1.1 user_agent=curl/8 user_id=u7"
    );
}

#[test]
fn old_and_new_names_of_databases_rpc_and_messaging_land_in_the_same_columns() {
    let columns =
        ["db_system", "db_namespace", "db_operation", "db_statement", "server_address", "server_port"];
    let old = vec![
        text("db.system", "mssql"),
        text("db.name", "shop"),
        text("db.operation", "SELECT"),
        text("db.statement", "select 1"),
        text("net.peer.name", "db1"),
        text("net.peer.port", "1433"),
    ];
    let new = vec![
        text("db.system.name", "microsoft.sql_server"),
        text("db.namespace", "shop"),
        text("db.operation.name", "SELECT"),
        text("db.query.text", "select 1"),
        text("server.address", "db1"),
        int("server.port", 1433),
    ];
    let expected = "db_system=microsoft.sql_server db_namespace=shop db_operation=SELECT db_statement=select 1 \
                    server_address=db1 server_port=1433";
    assert_eq!(one_span(CLIENT, old, &columns), expected);
    assert_eq!(one_span(CLIENT, new, &columns), expected);

    let columns = ["rpc_system", "rpc_method"];
    let old = vec![text("rpc.system", "grpc"), text("rpc.service", "shop.Cart"), text("rpc.method", "Add")];
    let new = vec![text("rpc.system.name", "grpc"), text("rpc.method", "shop.Cart/Add")];
    assert_eq!(one_span(CLIENT, old, &columns), "rpc_system=grpc rpc_method=shop.Cart/Add");
    assert_eq!(one_span(CLIENT, new, &columns), "rpc_system=grpc rpc_method=shop.Cart/Add");

    let columns = ["messaging_system", "messaging_destination", "messaging_operation"];
    let old = vec![
        text("messaging.system", "kafka"),
        text("messaging.destination", "orders"),
        text("messaging.operation", "publish"),
    ];
    let new = vec![
        text("messaging.system", "kafka"),
        text("messaging.destination.name", "orders"),
        text("messaging.operation.type", "send"),
    ];
    let expected = "messaging_system=kafka messaging_destination=orders messaging_operation=send";
    assert_eq!(one_span(4, old, &columns), expected);
    assert_eq!(one_span(4, new, &columns), expected);
}

#[test]
fn the_newest_name_wins_and_everything_stays_in_the_attributes_as_sent() {
    let sent =
        vec![text("http.method", "OLD"), text("http.request.method", "NEW"), text("http.method", "TWICE")];
    assert_eq!(
        one_span(SERVER, sent, &["http_method", "attributes"]),
        r#"http_method=NEW attributes={"http.method":"OLD","http.request.method":"NEW"}"#
    );
}

#[test]
fn an_exception_event_fills_the_exception_columns() {
    let mut failed = span(SERVER, vec![text("error.type", "500")]);
    failed.status = Some(Status { code: 2, message: "boom".to_owned() });
    failed.events = vec![
        Event { time_unix_nano: 5, name: "retry".to_owned(), ..Event::default() },
        Event {
            time_unix_nano: 6,
            name: "exception".to_owned(),
            attributes: vec![
                text("exception.type", "ValueError"),
                text("exception.message", "no \"7\""),
                text("exception.stacktrace", "a\nb"),
            ],
            ..Event::default()
        },
    ];
    let decoded = decode(vec![entry(1, Signal::Traces, traces(vec![], vec![failed]))]);
    let columns = ["status_code", "status_message", "error_type", "exception_type", "exception_message"];
    assert_eq!(
        cells(&decoded.rows[0].1, 0, &columns),
        "status_code=2 status_message=boom error_type=500 exception_type=ValueError exception_message=no \"7\""
    );
    let events = decoded.rows[0].1.column_by_name("events").unwrap().as_binary::<i32>().value(0);
    let events: Vec<EventView<'_>> =
        members(events, 1).map(|event| EventView::parse(event.unwrap()).unwrap()).collect();
    let told = |event: &EventView<'_>| (event.time_ns, event.attributes().count());
    assert_eq!((events[0].name, told(&events[0])), (b"retry".as_slice(), (5, 0)));
    assert_eq!((events[1].name, told(&events[1])), (b"exception".as_slice(), (6, 3)));
}

#[test]
fn a_resource_names_service_instance_and_host_by_what_it_has() {
    let cases: [(Vec<KeyValue>, &str); 4] = [
        (vec![], "service_name=unknown_service"),
        (
            vec![text("service.name", "shop"), text("host.name", "h1"), int("process.pid", 42)],
            "service_name=shop service_instance=h1:42 host_name=h1",
        ),
        (
            vec![text("host.name", "h1"), text("k8s.pod.name", "shop-1"), text("service.version", "3")],
            "service_name=unknown_service service_instance=shop-1 service_version=3 host_name=h1",
        ),
        (
            vec![
                text("k8s.pod.name", "shop-1"),
                text("service.instance.id", "i"),
                text("deployment.environment", "e"),
            ],
            "service_name=unknown_service service_instance=i deployment_environment=e",
        ),
    ];
    let columns =
        ["service_name", "service_instance", "service_version", "deployment_environment", "host_name"];
    for (resource, expected) in cases {
        let decoded = decode(vec![entry(1, Signal::Traces, traces(resource, vec![span(1, vec![])]))]);
        assert_eq!(cells(&decoded.rows[0].1, 0, &columns), expected);
    }
}

#[test]
fn roots_servers_and_consumers_are_entry_spans() {
    let with_parent = |kind| Span { parent_span_id: vec![3; 8], ..span(kind, vec![]) };
    let spans =
        vec![span(1, vec![]), with_parent(1), with_parent(2), with_parent(3), with_parent(4), with_parent(5)];
    let decoded = decode(vec![entry(1, Signal::Traces, traces(vec![], spans))]);
    let rows = &decoded.rows[0].1;
    let is_entry: Vec<bool> =
        rows.column_by_name("is_entry").unwrap().as_boolean().iter().flatten().collect();
    assert_eq!(is_entry, [true, false, true, false, false, true]);
    assert_eq!(rows.column_by_name("parent_span_id").unwrap().null_count(), 1);
}

#[test]
fn invalid_spans_are_left_out_and_not_counted() {
    let zero_id = Span { trace_id: vec![0; 16], ..span(1, vec![]) };
    let backwards = Span { end_time_unix_nano: START_NS - 1, ..span(1, vec![]) };
    let decoded =
        decode(vec![entry(1, Signal::Traces, traces(vec![], vec![zero_id, span(1, vec![]), backwards]))]);
    assert_eq!(decoded.rows[0].1.num_rows(), 1);
    assert_eq!(decoded.ledger.usage_rows(UnixMs(1)).iter().map(|row| row.items).collect::<Vec<_>>(), [1]);
}

#[test]
fn an_entry_that_breaks_off_takes_its_rows_back_and_its_neighbours_stay() {
    let mut broken = traces(vec![], vec![span(1, vec![]), span(1, vec![])]);
    // A second resource group whose end is missing: the first one's spans were already read.
    broken.extend_from_slice(&[0x0a, 0x20, 0x12]);
    let good = traces(vec![text("service.name", "good")], vec![span(1, vec![])]);
    let decoded = decode(vec![
        entry(1, Signal::Traces, good.clone()),
        entry(2, Signal::Traces, broken.clone()),
        entry(3, Signal::Traces, [good, vec![]].concat()),
    ]);
    let rows = &decoded.rows[0].1;
    assert_eq!(rows.num_rows(), 2);
    assert_eq!(cells(rows, 1, &["service_name"]), "service_name=good");
    let kept: Vec<_> = decoded.ledger.quarantined.iter().map(|held| (held.seq, held.bytes.len())).collect();
    assert_eq!(kept, [(9, broken.len())]);
    assert_eq!(decoded.ledger.entries, [(1, 9), (2, 9), (3, 9)]);
    assert_eq!(decoded.ledger.usage_rows(UnixMs(1))[0].items, 2);
}

#[test]
fn the_resource_is_held_once_and_reads_as_a_plain_cell() {
    let request = |id: u8| {
        let one = Span { span_id: vec![id; 8], ..span(1, vec![]) };
        traces(vec![text("service.name", "shop")], vec![one])
    };
    let decoded = decode(vec![entry(1, Signal::Traces, request(1)), entry(2, Signal::Traces, request(2))]);
    let resource = decoded.rows[0].1.column_by_name("resource").unwrap();
    assert_eq!(resource.as_any_dictionary().values().len(), 1);
    let plain = cast(resource, &DataType::Binary).unwrap();
    let values: Vec<_> = plain.as_binary::<i32>().iter().flatten().map(json_of).collect();
    assert_eq!(values, [r#"{"service.name":"shop"}"#; 2]);
}

#[test]
fn unknown_versions_stop_and_damaged_packs_are_put_aside() {
    let mut builder = PackBuilder::new();
    builder.push(entry(1, Signal::Traces, traces(vec![], vec![span(1, vec![])])));
    let bytes = builder.finish(1, 1).to_vec();
    let mut later = bytes.clone();
    later[4] = 99;
    assert!(pack(1, &later.into(), &mut Seen::default()).is_err());
    let mut damaged = bytes;
    damaged.truncate(40);
    let decoded = pack(1, &damaged.into(), &mut Seen::default()).unwrap();
    assert_eq!((decoded.rows.len(), decoded.ledger.quarantined.len()), (0, 1));
}

proptest::proptest! {
    #[test]
    fn any_bytes_in_an_entry_are_rows_or_put_aside(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        for signal in Signal::ALL {
            let decoded = decode(vec![entry(1, signal, bytes.clone())]);
            proptest::prop_assert!(decoded.ledger.quarantined.len() <= 1);
        }
    }
}
