//! Views say what the reference decoder says.

mod properties;

use bytes::Bytes;
use naru_signal::Signal;
use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    common::v1::{
        AnyValue as ProtoValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value::Value,
    },
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    metrics::v1::{
        ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint, Metric,
        NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint,
        exponential_histogram_data_point::Buckets as ProtoBuckets, metric::Data, number_data_point,
        summary_data_point::ValueAtQuantile,
    },
    resource::v1::Resource,
    trace::v1::{
        ResourceSpans, ScopeSpans, Span, Status,
        span::{Event, Link},
    },
};
use prost::Message;
use serde_json::json;

use super::*;

fn value(value: Value) -> ProtoValue {
    ProtoValue { value: Some(value) }
}

fn attribute(key: &str, of: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(value(of)), ..KeyValue::default() }
}

/// One of each kind.
fn attributes() -> Vec<KeyValue> {
    let nested = KeyValueList { values: vec![attribute("é\"\n", Value::DoubleValue(0.5))] };
    let list = ArrayValue { values: vec![value(Value::IntValue(-1)), value(Value::KvlistValue(nested))] };
    vec![
        attribute("text", Value::StringValue("한글 \\ \u{1}".to_owned())),
        attribute("yes", Value::BoolValue(true)),
        attribute("int", Value::IntValue(i64::MIN)),
        attribute("double", Value::DoubleValue(-2.5e300)),
        attribute("nan", Value::DoubleValue(f64::NAN)),
        attribute("bytes", Value::BytesValue(vec![0, 255])),
        attribute("list", Value::ArrayValue(list)),
        KeyValue { key: "empty".to_owned(), value: None, ..KeyValue::default() },
        attribute("text", Value::StringValue("twice".to_owned())),
    ]
}

fn attributes_as_json() -> serde_json::Value {
    json!({
        "text": "한글 \\ \u{1}", "yes": true, "int": i64::MIN, "double": -2.5e300, "nan": "NaN", "bytes": "00ff",
        "list": [-1, {"é\"\n": 0.5}], "empty": null,
    })
}

fn as_json(attributes: &Attributes<'_>) -> serde_json::Value {
    let mut json = String::new();
    attributes.write_json(&mut json).unwrap();
    serde_json::from_str(&json).unwrap()
}

fn resource() -> Option<Resource> {
    Some(Resource { attributes: attributes(), ..Resource::default() })
}

fn scope() -> Option<InstrumentationScope> {
    Some(InstrumentationScope {
        name: "scope".to_owned(),
        version: "1.2".to_owned(),
        attributes: attributes(),
        ..InstrumentationScope::default()
    })
}

fn span(now_ns: u64) -> Span {
    Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        parent_span_id: vec![3; 8],
        trace_state: "a=b".to_owned(),
        name: "GET /é".to_owned(),
        kind: 2,
        start_time_unix_nano: now_ns - 5,
        end_time_unix_nano: now_ns,
        attributes: attributes(),
        events: vec![
            Event {
                time_unix_nano: now_ns,
                name: "exception".to_owned(),
                attributes: attributes(),
                ..Event::default()
            };
            2
        ],
        links: vec![Link {
            trace_id: vec![4; 16],
            span_id: vec![5; 8],
            attributes: attributes(),
            ..Link::default()
        }],
        status: Some(Status { code: 2, message: "no".to_owned() }),
        flags: 1,
        ..Span::default()
    }
}

fn log(now_ns: u64) -> LogRecord {
    LogRecord {
        time_unix_nano: now_ns - 1,
        observed_time_unix_nano: now_ns,
        severity_number: 17,
        severity_text: "ERROR".to_owned(),
        body: Some(value(Value::KvlistValue(KeyValueList { values: attributes() }))),
        attributes: attributes(),
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        event_name: "event".to_owned(),
        ..LogRecord::default()
    }
}

fn metrics(time_unix_nano: u64) -> Vec<Metric> {
    let attributes = attributes();
    let start_time_unix_nano = time_unix_nano - 9;
    let number = |value| NumberDataPoint {
        attributes: attributes.clone(),
        start_time_unix_nano,
        time_unix_nano,
        value: Some(value),
        ..NumberDataPoint::default()
    };
    let (double, int) =
        (number(number_data_point::Value::AsDouble(-0.25)), number(number_data_point::Value::AsInt(-7)));
    let histogram = HistogramDataPoint {
        attributes: attributes.clone(),
        start_time_unix_nano,
        time_unix_nano,
        count: 6,
        sum: Some(21.5),
        bucket_counts: vec![1, 2, 3],
        explicit_bounds: vec![0.5, 1.5],
        min: Some(-1.0),
        max: Some(9.0),
        ..HistogramDataPoint::default()
    };
    let exponential = ExponentialHistogramDataPoint {
        attributes: attributes.clone(),
        start_time_unix_nano,
        time_unix_nano,
        count: 300,
        sum: Some(1.0),
        scale: -3,
        zero_count: 4,
        positive: Some(ProtoBuckets { offset: -12, bucket_counts: vec![0, 300, u64::MAX] }),
        negative: Some(ProtoBuckets { offset: 7, bucket_counts: vec![] }),
        zero_threshold: 1e-9,
        min: None,
        max: Some(2.0),
        ..ExponentialHistogramDataPoint::default()
    };
    let quantile_values =
        vec![ValueAtQuantile { quantile: 0.5, value: 3.0 }, ValueAtQuantile { quantile: 1.0, value: 4.0 }];
    let summary = SummaryDataPoint {
        attributes: attributes.clone(),
        start_time_unix_nano,
        time_unix_nano,
        count: 2,
        sum: 7.0,
        quantile_values,
        ..SummaryDataPoint::default()
    };
    let metric = |name: &str, data| Metric {
        name: name.to_owned(),
        description: "d".to_owned(),
        unit: "ms".to_owned(),
        data: Some(data),
        ..Metric::default()
    };
    vec![
        metric("gauge", Data::Gauge(Gauge { data_points: vec![double] })),
        metric(
            "sum",
            Data::Sum(Sum { data_points: vec![int], aggregation_temporality: 2, is_monotonic: true }),
        ),
        metric(
            "histogram",
            Data::Histogram(Histogram { data_points: vec![histogram], aggregation_temporality: 1 }),
        ),
        metric(
            "exponential",
            Data::ExponentialHistogram(ExponentialHistogram {
                data_points: vec![exponential],
                aggregation_temporality: 1,
            }),
        ),
        metric("summary", Data::Summary(Summary { data_points: vec![summary] })),
    ]
}

/// One request of each signal with every field that we read, its times around `now_ns`.
pub(crate) fn requests(now_ns: u64) -> Vec<(Signal, Bytes)> {
    let (schema_url, spans, log_records, metrics) =
        (String::new(), vec![span(now_ns)], vec![log(now_ns)], metrics(now_ns));
    let traces = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: resource(),
            scope_spans: vec![ScopeSpans { scope: scope(), spans, schema_url: schema_url.clone() }],
            schema_url: schema_url.clone(),
        }],
    };
    let metrics = ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: resource(),
            scope_metrics: vec![ScopeMetrics { scope: scope(), metrics, schema_url: schema_url.clone() }],
            schema_url: schema_url.clone(),
        }],
    };
    let logs = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            resource: resource(),
            scope_logs: vec![ScopeLogs { scope: scope(), log_records, schema_url: schema_url.clone() }],
            schema_url,
        }],
    };
    vec![
        (Signal::Traces, traces.encode_to_vec().into()),
        (Signal::Metrics, metrics.encode_to_vec().into()),
        (Signal::Logs, logs.encode_to_vec().into()),
    ]
}

#[test]
fn every_field_of_a_span_is_read() {
    let message = span(1_000).encode_to_vec();
    let view = SpanView::parse(&message).unwrap();
    assert_eq!((view.trace_id, view.span_id, view.parent_span_id), (&[1; 16][..], &[2; 8][..], &[3; 8][..]));
    assert_eq!((text(view.name), view.trace_state, view.kind), ("GET /é".into(), &b"a=b"[..], 2));
    assert_eq!((view.start_ns, view.end_ns), (995, 1_000));
    assert_eq!((view.status_code, view.status_message), (2, &b"no"[..]));
    assert_eq!(as_json(&view.attributes()), attributes_as_json());
    let events: Vec<_> = view.events().map(Result::unwrap).collect();
    assert_eq!((events.len(), events[1].time_ns, events[1].name), (2, 1_000, &b"exception"[..]));
    assert_eq!(as_json(&events[1].attributes()), attributes_as_json());
    let links: Vec<_> = view.links().map(Result::unwrap).collect();
    assert_eq!((links[0].trace_id, links[0].span_id), (&[4; 16][..], &[5; 8][..]));
    assert_eq!(as_json(&links[0].attributes()), attributes_as_json());
}

#[test]
fn every_field_of_a_log_record_is_read() {
    let message = log(1_000).encode_to_vec();
    let view = LogView::parse(&message).unwrap();
    assert_eq!((view.time_ns, view.observed_ns, view.happened_ns()), (999, 1_000, 999));
    assert_eq!(
        (view.severity_number, view.severity_text, view.event_name),
        (17, &b"ERROR"[..], &b"event"[..])
    );
    assert_eq!((view.trace_id, view.span_id), (&[1; 16][..], &[2; 8][..]));
    assert_eq!(as_json(&view.attributes()), attributes_as_json());
    let body: serde_json::Value = serde_json::from_str(&view.body.as_text().unwrap()).unwrap();
    assert_eq!(body["list"], attributes_as_json()["list"]);
}

#[test]
fn every_kind_of_data_point_is_read() {
    let times = PointTimes { start_ns: 991, time_ns: 1_000 };
    for (index, metric) in metrics(1_000).into_iter().enumerate() {
        let message = metric.encode_to_vec();
        let view = MetricView::parse(&message).unwrap();
        assert_eq!(
            (text(view.name), view.description, view.unit),
            (metric.name.as_str().into(), &b"d"[..], &b"ms"[..])
        );
        let points: Vec<_> = view.data.points().map(Result::unwrap).collect();
        assert_eq!(points.len(), 1);
        let point = points[0];
        assert_eq!(PointTimes::parse(point), Ok(times), "{}", metric.name);
        assert_eq!(as_json(&view.data.attributes_of(point)), attributes_as_json(), "{}", metric.name);
        match (index, view.data) {
            (0, MetricData::Gauge(_)) => {
                assert_eq!(NumberPoint::parse(point).unwrap().value, NumberValue::Double(-0.25));
            }
            (1, MetricData::Sum { temporality: Temporality::Cumulative, is_monotonic: true, .. }) => {
                assert_eq!(NumberPoint::parse(point).unwrap().value, NumberValue::Int(-7));
            }
            (2, MetricData::Histogram { temporality: Temporality::Delta, .. }) => {
                let read = HistogramPoint::parse(point).unwrap();
                assert_eq!(
                    (read.count, read.sum, read.min, read.max),
                    (6, Some(21.5), Some(-1.0), Some(9.0))
                );
                assert_eq!((read.counts, read.bounds), (vec![1, 2, 3], vec![0.5, 1.5]));
            }
            (3, MetricData::ExponentialHistogram { temporality: Temporality::Delta, .. }) => {
                let read = ExponentialHistogramPoint::parse(point).unwrap();
                assert_eq!(
                    (read.count, read.scale, read.zero_count, read.zero_threshold),
                    (300, -3, 4, 1e-9)
                );
                assert_eq!((read.sum, read.min, read.max), (Some(1.0), None, Some(2.0)));
                assert_eq!(read.positive, Buckets { offset: -12, counts: vec![0, 300, u64::MAX] });
                assert_eq!(read.negative, Buckets { offset: 7, counts: vec![] });
            }
            (4, MetricData::Summary(_)) => {
                let read = SummaryPoint::parse(point).unwrap();
                assert_eq!((read.count, read.sum, read.quantiles), (2, 7.0, vec![(0.5, 3.0), (1.0, 4.0)]));
            }
            (index, other) => panic!("metric {index} was read as {other:?}"),
        }
    }
}

#[test]
fn groups_come_in_order_with_what_stands_above_them() {
    let (_, request) = requests(1_000).swap_remove(0);
    let mut seen = 0;
    for_each_group::<crate::wire::WireError>(&request, |group| {
        assert_eq!(as_json(&group.resource.attributes()), attributes_as_json());
        assert_eq!((group.scope.name, group.scope.version), (&b"scope"[..], &b"1.2"[..]));
        seen += group.items().count();
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, 1);
}
