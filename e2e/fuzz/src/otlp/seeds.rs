//! Requests with one of everything.

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value::Value},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    metrics::v1::{
        ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram, HistogramDataPoint, Metric,
        NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, Summary, SummaryDataPoint,
        exponential_histogram_data_point::Buckets, metric::Data, number_data_point,
        summary_data_point::ValueAtQuantile,
    },
    resource::v1::Resource,
    trace::v1::{
        ResourceSpans, ScopeSpans, Span, Status,
        span::{Event, Link},
    },
};
use prost::Message;

use super::NOW_NS;

#[must_use]
pub fn traces() -> Vec<Vec<u8>> {
    vec![Vec::new(), trace_request().encode_to_vec()]
}

#[must_use]
pub fn metrics() -> Vec<Vec<u8>> {
    vec![Vec::new(), metric_request().encode_to_vec()]
}

#[must_use]
pub fn logs() -> Vec<Vec<u8>> {
    vec![Vec::new(), log_request().encode_to_vec()]
}

pub(crate) fn trace_request() -> ExportTraceServiceRequest {
    let good = Span {
        trace_id: vec![7; 16],
        span_id: vec![7; 8],
        parent_span_id: vec![8; 8],
        name: "GET /".to_owned(),
        kind: 2,
        start_time_unix_nano: NOW_NS - 9,
        end_time_unix_nano: NOW_NS,
        attributes: attributes(),
        events: vec![Event {
            time_unix_nano: NOW_NS,
            name: "exception".to_owned(),
            attributes: attributes(),
            dropped_attributes_count: 1,
        }],
        links: vec![Link {
            trace_id: vec![9; 16],
            span_id: vec![9; 8],
            attributes: attributes(),
            ..Link::default()
        }],
        status: Some(Status { message: "no".to_owned(), code: 2 }),
        ..Span::default()
    };
    let too_old = Span { start_time_unix_nano: 5, ..good.clone() };
    let scope_spans =
        vec![ScopeSpans { scope: scope(), spans: vec![good, too_old], ..ScopeSpans::default() }];
    let group = ResourceSpans { resource: resource(), scope_spans, ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![group.clone(), group] }
}

pub(crate) fn metric_request() -> ExportMetricsServiceRequest {
    let times = (NOW_NS - 9, NOW_NS);
    let number = |value| NumberDataPoint {
        start_time_unix_nano: times.0,
        time_unix_nano: times.1,
        value: Some(value),
        attributes: attributes(),
        ..NumberDataPoint::default()
    };
    let histogram = HistogramDataPoint {
        time_unix_nano: times.1,
        count: 3,
        sum: Some(4.5),
        bucket_counts: vec![1, 2],
        explicit_bounds: vec![0.5],
        attributes: attributes(),
        min: Some(0.1),
        ..HistogramDataPoint::default()
    };
    let exponential = ExponentialHistogramDataPoint {
        time_unix_nano: times.1,
        count: 3,
        scale: -2,
        positive: Some(Buckets { offset: -3, bucket_counts: vec![1, 300] }),
        negative: Some(Buckets::default()),
        attributes: attributes(),
        ..ExponentialHistogramDataPoint::default()
    };
    let summary = SummaryDataPoint {
        time_unix_nano: times.1,
        count: 3,
        quantile_values: vec![ValueAtQuantile { quantile: 0.5, value: 1.0 }],
        attributes: attributes(),
        ..SummaryDataPoint::default()
    };
    let (double, int) = (number_data_point::Value::AsDouble(0.5), number_data_point::Value::AsInt(-3));
    let data = [
        Data::Gauge(Gauge { data_points: vec![number(double), number(int)] }),
        Data::Sum(Sum { data_points: vec![number(int)], aggregation_temporality: 2, is_monotonic: true }),
        Data::Histogram(Histogram { data_points: vec![histogram], aggregation_temporality: 1 }),
        Data::ExponentialHistogram(ExponentialHistogram {
            data_points: vec![exponential],
            aggregation_temporality: 1,
        }),
        Data::Summary(Summary { data_points: vec![summary] }),
    ];
    let metrics = data.into_iter().map(|data| Metric {
        name: "http.server.request.duration".to_owned(),
        unit: "s".to_owned(),
        data: Some(data),
        ..Metric::default()
    });
    let scope_metrics =
        vec![ScopeMetrics { scope: scope(), metrics: metrics.collect(), ..ScopeMetrics::default() }];
    let group = ResourceMetrics { resource: resource(), scope_metrics, ..ResourceMetrics::default() };
    ExportMetricsServiceRequest { resource_metrics: vec![group] }
}

pub(crate) fn log_request() -> ExportLogsServiceRequest {
    let record = LogRecord {
        time_unix_nano: NOW_NS,
        observed_time_unix_nano: NOW_NS,
        severity_number: 9,
        severity_text: "INFO".to_owned(),
        body: Some(any(Value::KvlistValue(KeyValueList { values: attributes() }))),
        attributes: attributes(),
        trace_id: vec![7; 16],
        span_id: vec![7; 8],
        event_name: "cart.emptied".to_owned(),
        ..LogRecord::default()
    };
    let scope_logs =
        vec![ScopeLogs { scope: scope(), log_records: vec![record.clone(), record], ..ScopeLogs::default() }];
    let group = ResourceLogs { resource: resource(), scope_logs, ..ResourceLogs::default() };
    ExportLogsServiceRequest { resource_logs: vec![group] }
}

fn resource() -> Option<Resource> {
    let name = attribute("service.name", Value::StringValue("shop".to_owned()));
    Some(Resource { attributes: vec![name], ..Resource::default() })
}

fn scope() -> Option<InstrumentationScope> {
    Some(InstrumentationScope {
        name: "io.shop".to_owned(),
        version: "1".to_owned(),
        attributes: attributes(),
        ..InstrumentationScope::default()
    })
}

/// One of each kind of value.
fn attributes() -> Vec<KeyValue> {
    let list =
        ArrayValue { values: vec![any(Value::IntValue(1)), any(Value::StringValue("a\"b".to_owned()))] };
    let map = KeyValueList { values: vec![attribute("k", Value::BoolValue(false))] };
    vec![
        attribute("text", Value::StringValue("é\n".to_owned())),
        attribute("bool", Value::BoolValue(true)),
        attribute("int", Value::IntValue(-1)),
        attribute("double", Value::DoubleValue(1.5)),
        attribute("bytes", Value::BytesValue(vec![0, 255])),
        attribute("array", Value::ArrayValue(list)),
        attribute("map", Value::KvlistValue(map)),
    ]
}

fn any(value: Value) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(any(value)), ..KeyValue::default() }
}
