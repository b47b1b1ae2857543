//! Rows of the lake, said in few words.

use std::sync::Arc;

use arrow::{array::RecordBatch, json::ReaderBuilder};
use naru_lake::schema;
use naru_signal::Signal;
use opentelemetry_proto::tonic::{
    common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList, any_value},
    metrics::v1::{Exemplar, exemplar},
    trace::v1::span::Event,
};
use prost::Message;
use serde_json::{Value, json};

/// A span; defaults are a successful `GET /` of `shop`.
#[derive(Debug, Clone)]
pub(crate) struct Span(Value);

impl Span {
    /// An entry span with ids made of numbers.
    pub(crate) fn entry(trace: u64, span: u64, start_ms: i64, duration_ms: f64) -> Self {
        Self(json!({
            "trace_id": trace_id(trace), "span_id": span_id(span), "is_entry": true,
            "start_ns": start_ms * 1_000_000, "duration_ns": (duration_ms * 1e6) as i64,
            "name": "GET", "kind": 2, "status_code": 0, "service_name": "shop", "service_instance": "shop-1",
            "telemetry_sdk_language": "python", "http_method": "GET", "http_route": "/", "http_status_code": 200,
            "operation": "GET /", "attributes": attributes(&[("a", json!(1))]),
            "resource": attributes(&[("service.name", json!("shop"))]),
            "received_ms": start_ms,
        }))
    }

    pub(crate) fn child(trace: u64, span: u64, parent: u64, start_ms: i64, duration_ms: f64) -> Self {
        Self::entry(trace, span, start_ms, duration_ms)
            .with("parent_span_id", span_id(parent))
            .with("is_entry", false)
            .with("kind", 1)
            .with("http_method", Value::Null)
    }

    pub(crate) fn with(mut self, column: &str, value: impl Into<Value>) -> Self {
        self.0[column] = value.into();
        self
    }

    pub(crate) fn failed(self) -> Self {
        self.with("status_code", 2).with("http_status_code", 500)
    }
}

pub(crate) struct Log;

impl Log {
    pub(crate) fn at(time_ms: i64, severity: u8, body: &str) -> Span {
        Span(json!({
            "time_ns": time_ms * 1_000_000, "severity_number": severity, "severity_text": "INFO", "body": body,
            "service_name": "shop", "attributes": "", "resource": "", "received_ms": time_ms,
        }))
    }
}

pub(crate) struct Metric;

impl Metric {
    pub(crate) fn at(time_ms: i64, name: &str, kind: &str) -> Span {
        Span(json!({
            "time_ns": time_ms * 1_000_000, "name": name, "unit": "1", "kind": kind, "service_name": "shop",
            "attributes": attributes(&[("pool", json!("main"))]), "resource": "", "received_ms": time_ms,
        }))
    }
}

pub(crate) fn trace_id(number: u64) -> String {
    format!("{number:032x}")
}

pub(crate) fn span_id(number: u64) -> String {
    format!("{number:016x}")
}

/// A cell of attributes: hex, as the JSON reader takes bytes.
pub(crate) fn attributes(pairs: &[(&str, Value)]) -> String {
    hex::encode(KeyValueList { values: key_values(pairs) }.encode_to_vec())
}

/// A cell of one event.
pub(crate) fn event(time_ms: i64, name: &str, pairs: &[(&str, Value)]) -> String {
    let event = Event {
        time_unix_nano: time_ms as u64 * 1_000_000,
        name: name.to_owned(),
        attributes: key_values(pairs),
        ..Event::default()
    };
    // A list whose field 1 are events: the same shape as a list of anything else.
    hex::encode(ArrayOf { items: vec![event] }.encode_to_vec())
}

/// A cell of one exemplar.
pub(crate) fn exemplar_cell(time_ms: i64, value: f64, trace: u64) -> String {
    let exemplar = Exemplar {
        time_unix_nano: time_ms as u64 * 1_000_000,
        trace_id: u128::from(trace).to_be_bytes().to_vec(),
        span_id: trace.to_be_bytes().to_vec(),
        filtered_attributes: key_values(&[("pool", json!("spare"))]),
        value: Some(exemplar::Value::AsDouble(value)),
    };
    let mut cell = vec![0x0a];
    cell.extend(exemplar.encode_length_delimited_to_vec());
    hex::encode(cell)
}

#[derive(Clone, PartialEq, Message)]
struct ArrayOf {
    #[prost(message, repeated, tag = "1")]
    items: Vec<Event>,
}

fn key_values(pairs: &[(&str, Value)]) -> Vec<KeyValue> {
    let pair = |(key, value): &(&str, Value)| KeyValue {
        key: (*key).to_owned(),
        value: Some(any_value(value)),
        ..KeyValue::default()
    };
    pairs.iter().map(pair).collect()
}

fn any_value(value: &Value) -> AnyValue {
    let value = match value {
        Value::String(text) => any_value::Value::StringValue(text.clone()),
        Value::Number(number) => match number.as_i64() {
            Some(number) => any_value::Value::IntValue(number),
            None => any_value::Value::DoubleValue(number.as_f64().unwrap()),
        },
        Value::Array(values) => {
            any_value::Value::ArrayValue(ArrayValue { values: values.iter().map(any_value).collect() })
        }
        other => panic!("{other} is not needed yet"),
    };
    AnyValue { value: Some(value) }
}

/// Rows as the lake's table of a signal.
pub(crate) fn batch(signal: Signal, rows: &[Span]) -> RecordBatch {
    let values: Vec<&Value> = rows.iter().map(|row| &row.0).collect();
    let mut decoder = ReaderBuilder::new(Arc::clone(&schema::of(signal))).build_decoder().unwrap();
    decoder.serialize(&values).unwrap();
    decoder.flush().unwrap().unwrap()
}
