//! Spans as a small shop sends them: ten to a trace, over six services, with a dozen attributes.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, FixedSizeBinaryArray, Int32Array, Int64Array, RecordBatch,
    StringArray, UInt8Array, new_null_array,
};
use naru_lake::schema;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, KeyValueList, any_value};
use prost::Message;

pub(super) const DAY_MS: u64 = 86_400_000;
/// A UTC midnight.
pub(super) const FIRST_DAY_MS: i64 = 1_699_920_000_000;
pub(super) const SPANS_PER_TRACE: u64 = 10;
const SERVICES: u64 = 6;

/// Ids are spread like random ones.
pub(super) fn trace(day: u64, number: u64) -> u64 {
    (day * 1_000_000_007 + number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) & !1
}

/// The attribute that one transaction alone has.
pub(super) fn order(day: u64, trace: u64) -> String {
    format!("attr=order.id=o-{day}-{trace}")
}

pub(super) struct Corpus {
    day: u64,
    spans: u64,
    next: u64,
}

impl Corpus {
    pub(super) fn of_day(day: u64, spans: u64) -> Self {
        Self { day, spans, next: 0 }
    }

    /// The next spans, by time.
    pub(super) fn next(&mut self, count: u64) -> RecordBatch {
        let spans = self.next..(self.next + count).min(self.spans);
        self.next = spans.end;
        let spans: Vec<One> = spans.map(|number| One::of(self.day, self.spans, number)).collect();
        let schema = schema::spans();
        let columns = schema.fields().iter().map(|field| {
            column(field.name(), &spans).unwrap_or_else(|| new_null_array(field.data_type(), spans.len()))
        });
        RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap()
    }
}

struct One {
    trace: u64,
    /// In its trace; the first is the entry of its first service.
    place: u64,
    start_ns: i64,
    service: u64,
    attributes: Vec<u8>,
    resource: Vec<u8>,
}

impl One {
    fn of(day: u64, spans: u64, number: u64) -> Self {
        let (nth, place) = (number / SPANS_PER_TRACE, number % SPANS_PER_TRACE);
        let step_ns = DAY_MS * 1_000_000 / spans;
        let start_ns = (FIRST_DAY_MS as u64 + day * DAY_MS) * 1_000_000 + number * step_ns;
        let service = (nth + place / 3) % SERVICES;
        let mut pairs = vec![
            ("http.route", format!("/shop/{}", nth % 40)),
            ("thread.name", format!("worker-{}", nth % 16)),
            ("order.tier", if nth.is_multiple_of(4) { "gold" } else { "iron" }.to_owned()),
            ("customer.city", format!("city-{}", nth % 500)),
            ("code.function", format!("handle_{}", place * 7 % 31)),
            ("session.hash", format!("{:08x}", trace(day, nth) >> 20 & 0xffff)),
        ];
        if place == 0 {
            pairs.push(("order.id", format!("o-{day}-{nth}")));
        }
        let pod = format!("shop-{service}-{}", nth % 2);
        let resource = [
            ("service.name", format!("shop-{service}")),
            ("k8s.pod.name", pod),
            ("telemetry.sdk.language", "java".to_owned()),
            ("host.name", format!("node-{}", service % 3)),
        ];
        Self {
            trace: trace(day, nth),
            place,
            start_ns: start_ns as i64,
            service,
            attributes: message(&pairs),
            resource: message(&resource),
        }
    }

    fn is_entry(&self) -> bool {
        self.place.is_multiple_of(3)
    }
}

fn message(pairs: &[(&str, String)]) -> Vec<u8> {
    let pair = |(key, value): &(&str, String)| KeyValue {
        key: (*key).to_owned(),
        value: Some(AnyValue { value: Some(any_value::Value::StringValue(value.clone())) }),
        ..KeyValue::default()
    };
    KeyValueList { values: pairs.iter().map(pair).collect() }.encode_to_vec()
}

fn column(name: &str, spans: &[One]) -> Option<ArrayRef> {
    fn texts<T: AsRef<str>>(spans: &[One], of: impl Fn(&One) -> T) -> Option<ArrayRef> {
        Some(Arc::new(StringArray::from_iter_values(spans.iter().map(of))))
    }
    let numbers = |of: fn(&One) -> i64| -> Option<ArrayRef> {
        Some(Arc::new(Int64Array::from_iter_values(spans.iter().map(of))))
    };
    let small =
        |value: u8| -> Option<ArrayRef> { Some(Arc::new(UInt8Array::from(vec![value; spans.len()]))) };
    let span_id = |one: &One, place: u64| (one.trace.rotate_left(17) + place).to_be_bytes();
    Some(match name {
        "trace_id" => {
            let ids = spans.iter().map(|one| u128::from(one.trace).to_be_bytes());
            Arc::new(FixedSizeBinaryArray::try_from_iter(ids).unwrap())
        }
        "span_id" => {
            let ids = spans.iter().map(|one| span_id(one, one.place));
            Arc::new(FixedSizeBinaryArray::try_from_iter(ids).unwrap())
        }
        "parent_span_id" => {
            let ids = spans.iter().map(|one| one.place.checked_sub(1).map(|place| span_id(one, place)));
            Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(ids, 8).unwrap())
        }
        "is_entry" => Arc::new(BooleanArray::from_iter(spans.iter().map(|one| Some(one.is_entry())))),
        "start_ns" => return numbers(|one| one.start_ns),
        "duration_ns" => return numbers(|one| (one.trace >> 40) as i64 + 100_000),
        "received_ms" => return numbers(|one| one.start_ns / 1_000_000 + 40),
        "kind" => return small(2),
        "status_code" => return small(0),
        "name" | "operation" => return texts(spans, |one| format!("GET /shop/{}", one.place)),
        "service_name" => return texts(spans, |one| format!("shop-{}", one.service)),
        "service_instance" => return texts(spans, |one| format!("shop-{}-0", one.service)),
        "telemetry_sdk_language" => return texts(spans, |_| "java"),
        "http_method" => return texts(spans, |_| "GET"),
        "http_route" => return texts(spans, |one| format!("/shop/{}", one.place)),
        "url_path" => return texts(spans, |one| format!("/shop/{}/{}", one.place, one.trace >> 48)),
        "http_status_code" => Arc::new(Int32Array::from(vec![200; spans.len()])),
        "db_system" => return texts(spans, |_| "postgresql"),
        "db_statement" => {
            return texts(spans, |one| format!("select * from orders where id = $1 -- {}", one.place));
        }
        "attributes" => Arc::new(BinaryArray::from_iter_values(spans.iter().map(|one| &one.attributes))),
        "resource" => Arc::new(BinaryArray::from_iter_values(spans.iter().map(|one| &one.resource))),
        _ => return None,
    })
}
