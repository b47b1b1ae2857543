//! What agents send, and what they read in answers.

use std::{io::Write, time::SystemTime};

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    common::v1::{AnyValue, KeyValue, any_value::Value},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    metrics::v1::{
        Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric::Data, number_data_point,
    },
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message;
use reqwest::{RequestBuilder, Response};

use super::{Key, World};

pub(crate) const PROTOBUF: &str = "application/x-protobuf";

/// `google.rpc.Status`, as far as we look at it.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub(crate) code: i32,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    #[prost(message, repeated, tag = "3")]
    pub(crate) details: Vec<Detail>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Detail {
    #[prost(string, tag = "1")]
    pub(crate) type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) value: Vec<u8>,
}

impl World {
    /// `POST /v1/traces`, protobuf, with nothing else said.
    pub(crate) fn post(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.client.post(format!("{}/v1/traces", self.http)).header("content-type", PROTOBUF).body(body)
    }

    /// As the snippet of the install page says.
    pub(crate) async fn send(&self, key: &Key, body: Vec<u8>) -> Response {
        self.post(body).header("x-naru-license", &key.text).send().await.unwrap()
    }
}

pub(crate) fn now_ns() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos().try_into().unwrap()
}

pub(crate) fn span(n: u64) -> Span {
    let now_ns = now_ns();
    Span {
        trace_id: (u128::from(n) + 1).to_be_bytes().to_vec(),
        span_id: (n + 1).to_be_bytes().to_vec(),
        name: format!("GET /{n}"),
        kind: 2,
        start_time_unix_nano: now_ns - 2_000_000,
        end_time_unix_nano: now_ns - 1_000_000,
        ..Span::default()
    }
}

/// One request of the application `shop` under a stock Python agent.
pub(crate) fn request_of(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let (resource, scope_spans) = (resource(), vec![ScopeSpans { spans, ..ScopeSpans::default() }]);
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { resource, scope_spans, ..ResourceSpans::default() }],
    }
}

pub(crate) fn spans(count: u64) -> Vec<u8> {
    request_of((0..count).map(span).collect()).encode_to_vec()
}

pub(crate) fn metrics() -> ExportMetricsServiceRequest {
    let value = Some(number_data_point::Value::AsDouble(0.5));
    let point = NumberDataPoint { time_unix_nano: now_ns(), value, ..NumberDataPoint::default() };
    let data = Some(Data::Gauge(Gauge { data_points: vec![point.clone(), point] }));
    let metrics = vec![Metric { name: "load".to_owned(), data, ..Metric::default() }];
    let (resource, scope_metrics) = (resource(), vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }]);
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics { resource, scope_metrics, ..ResourceMetrics::default() }],
    }
}

pub(crate) fn logs() -> ExportLogsServiceRequest {
    let body = Some(AnyValue { value: Some(Value::StringValue("hello".to_owned())) });
    let log_records = vec![LogRecord { time_unix_nano: now_ns(), body, ..LogRecord::default() }];
    let (resource, scope_logs) = (resource(), vec![ScopeLogs { log_records, ..ScopeLogs::default() }]);
    ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs { resource, scope_logs, ..ResourceLogs::default() }],
    }
}

fn resource() -> Option<Resource> {
    let attributes = [
        ("service.name", "shop"),
        ("telemetry.sdk.language", "python"),
        ("telemetry.sdk.name", "opentelemetry"),
        ("telemetry.sdk.version", "1.38.0"),
    ];
    let attribute = |(key, value): (&str, &str)| KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) }),
        ..KeyValue::default()
    };
    Some(Resource { attributes: attributes.map(attribute).to_vec(), ..Resource::default() })
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).unwrap()
}
