//! OTLP requests, entries and packs as a gateway makes them.

use std::{
    sync::atomic::Ordering,
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use naru_ids::{KeyId, UnixMs};
use naru_otlp::{
    admit::entry_id,
    pack::{PackBuilder, PackedEntry},
};
use naru_signal::Signal;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message;

use super::World;

pub(crate) fn now_ms() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn text(key: &str, value: &str) -> KeyValue {
    let value = Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

/// `count` spans with ids never used before in this world; each third is of the same user.
pub(crate) fn request(world: &World, count: u64) -> Bytes {
    request_at(world, count, now_ms())
}

/// Spans that began then, unix ms.
pub(crate) fn request_at(world: &World, count: u64, start_ms: u64) -> Bytes {
    let start_ns = start_ms * 1_000_000;
    let first = world.next_span.fetch_add(count, Ordering::Relaxed);
    let span = |id: u64| Span {
        trace_id: u128::from(id).to_be_bytes().to_vec(),
        span_id: id.to_be_bytes().to_vec(),
        name: "GET /orders".to_owned(),
        kind: 2,
        start_time_unix_nano: start_ns,
        end_time_unix_nano: start_ns + 5_000_000,
        attributes: vec![text("user.id", &format!("user-{}", id % 3))],
        ..Span::default()
    };
    request_of("shop", (first..first + count).map(span).collect())
}

/// Spans of one service.
pub(crate) fn request_of(service: &str, spans: Vec<Span>) -> Bytes {
    let scope_spans = ScopeSpans { spans, ..ScopeSpans::default() };
    let resource_spans = ResourceSpans {
        resource: Some(Resource { attributes: vec![text("service.name", service)], ..Resource::default() }),
        scope_spans: vec![scope_spans],
        ..ResourceSpans::default()
    };
    ExportTraceServiceRequest { resource_spans: vec![resource_spans] }.encode_to_vec().into()
}

/// The same request gives the same entry id, as from any gateway.
pub(crate) fn entry(world: &World, request: &Bytes) -> PackedEntry {
    PackedEntry {
        id: entry_id(world.project, Signal::Traces, request, 0),
        tenant: world.tenant,
        project: world.project,
        key: KeyId::new(UnixMs(1)),
        signal: Signal::Traces,
        is_unbilled: false,
        items: 0,
        received_ms: now_ms(),
        clock_offset_ms: 0,
        bytes: request.clone(),
    }
}

pub(crate) fn pack(entries: Vec<PackedEntry>) -> Bytes {
    pack_of(7, entries)
}

/// A pack of this gateway.
pub(crate) fn pack_of(gateway: u64, entries: Vec<PackedEntry>) -> Bytes {
    let mut builder = PackBuilder::new();
    for entry in entries {
        builder.push(entry);
    }
    builder.finish(gateway, 1)
}
