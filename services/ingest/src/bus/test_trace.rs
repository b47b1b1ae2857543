//! `ingest.v1.test-trace`: one labelled trace of two services with a query, so that an empty page shows what a full
//! one looks like. It takes the way of all telemetry and is never billed.

use std::sync::Arc;

use naru_ids::KeyId;
use naru_ingest_api::{TEST_TRACE, TEST_TRACE_ATTRIBUTE, TestTrace, TestTraceSent};
use naru_nats::Refusal;
use naru_otlp::{
    admit::{Rules, admit},
    pack::PackedEntry,
};
use naru_signal::Signal;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span, span::SpanKind},
};
use prost::Message;
use rand::Rng;

use crate::{app::App, receive};

const QUEUE: &str = "ingest";
const MS: u64 = 1_000_000;

pub(crate) async fn serve(app: &Arc<App>) -> Result<(), naru_nats::Error> {
    let shared = Arc::clone(app);
    app.bus.serve(TEST_TRACE, QUEUE, move |question| send(Arc::clone(&shared), question)).await?;
    Ok(())
}

async fn send(app: Arc<App>, question: TestTrace) -> Result<TestTraceSent, Refusal> {
    let TestTrace { tenant, project } = question;
    let now = app.clock.now();
    let trace_id: [u8; 16] = rand::rng().random();
    let request = trace(trace_id, now.0 * MS).encode_to_vec().into();
    let admitted = admit(project, Signal::Traces, &request, &Rules::at(now.0 * MS, 1))
        .map_err(|error| Refusal::new("internal", error.to_string()))?;
    let entries = admitted.entries.into_iter().map(|entry| PackedEntry {
        id: entry.id,
        tenant,
        project,
        // No key sent it; a fresh id is nobody's.
        key: KeyId::new(now),
        signal: Signal::Traces,
        is_unbilled: true,
        items: entry.items,
        received_ms: now.0,
        clock_offset_ms: 0,
        bytes: entry.bytes,
    });
    let memory = app.memory.reserve(tenant);
    receive::append(&app, tenant, entries.collect(), memory)
        .await
        .map_err(|refusal| Refusal::unavailable(refusal.message()))?;
    let trace_id = hex::encode(trace_id);
    app.onboarding.test_trace(tenant, project, &trace_id);
    Ok(TestTraceSent { trace_id })
}

/// A shop asks a stock service, which asks its database.
fn trace(trace_id: [u8; 16], now_ns: u64) -> ExportTraceServiceRequest {
    let span = |id: u8,
                parent: u8,
                name: &str,
                kind: SpanKind,
                from_ms: u64,
                to_ms: u64,
                attributes: Vec<KeyValue>| Span {
        trace_id: trace_id.to_vec(),
        span_id: span_id(&trace_id, id),
        parent_span_id: if parent == 0 { Vec::new() } else { span_id(&trace_id, parent) },
        name: name.to_owned(),
        kind: kind as i32,
        start_time_unix_nano: now_ns - (420 - from_ms) * MS,
        end_time_unix_nano: now_ns - (420 - to_ms) * MS,
        attributes,
        ..Span::default()
    };
    let shop = vec![
        span(1, 0, "GET /test", SpanKind::Server, 0, 420, http_server("/test")),
        span(
            2,
            1,
            "GET",
            SpanKind::Client,
            40,
            380,
            vec![
                text("http.request.method", "GET"),
                text("url.full", "http://naru-test-stock/items/7"),
                text("server.address", "naru-test-stock"),
                int("http.response.status_code", 200),
            ],
        ),
    ];
    let stock = vec![
        span(3, 2, "GET /items/{id}", SpanKind::Server, 50, 370, http_server("/items/{id}")),
        span(
            4,
            3,
            "select item",
            SpanKind::Client,
            60,
            310,
            vec![
                text("db.system.name", "postgresql"),
                text("db.namespace", "stock"),
                text("db.operation.name", "select"),
                text("db.query.text", "select id, name, quantity from item where id = $1"),
            ],
        ),
    ];
    ExportTraceServiceRequest {
        resource_spans: vec![group("naru-test-shop", shop), group("naru-test-stock", stock)],
    }
}

fn group(service: &str, spans: Vec<Span>) -> ResourceSpans {
    let label = KeyValue {
        key: TEST_TRACE_ATTRIBUTE.to_owned(),
        value: Some(AnyValue { value: Some(Value::BoolValue(true)) }),
        ..KeyValue::default()
    };
    let attributes = vec![text("service.name", service), text("service.instance.id", "test"), label];
    let scope = InstrumentationScope { name: "naru.test".to_owned(), ..InstrumentationScope::default() };
    ResourceSpans {
        resource: Some(Resource { attributes, ..Resource::default() }),
        scope_spans: vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }],
        ..ResourceSpans::default()
    }
}

fn http_server(route: &str) -> Vec<KeyValue> {
    vec![text("http.request.method", "GET"), text("http.route", route), int("http.response.status_code", 200)]
}

/// Eight bytes that follow from the trace.
fn span_id(trace_id: &[u8; 16], n: u8) -> Vec<u8> {
    let mut id = trace_id[8..].to_vec();
    id[7] = n;
    id
}

fn text(key: &str, value: &str) -> KeyValue {
    let value = Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

fn int(key: &str, value: i64) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(Value::IntValue(value)) }),
        ..KeyValue::default()
    }
}
