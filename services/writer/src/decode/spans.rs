//! Spans: one row each, with old and new attribute names in the same columns.

mod columns;

use std::borrow::Cow;

use arrow::array::{BooleanBuilder, Int32Builder, Int64Builder, RecordBatch, UInt8Builder};
use naru_otlp::{
    admit::Rules,
    view::{ScopeView, SpanView, text},
    wire::WireError,
};
use naru_signal::{Signal, SpanKind, StatusCode};

use super::{
    events::{copy_events, copy_links},
    resource::Resource,
    text::{Ids, Messages, Text, batch, fit, resource_column},
};
use columns::Typed;

/// Rows of `naru_lake::schema::spans()`, column by column.
#[derive(Default)]
pub(super) struct SpanRows {
    rows: u64,
    trace_id: Ids<16>,
    span_id: Ids<8>,
    parent_span_id: Ids<8>,
    is_entry: BooleanBuilder,
    start_ns: Int64Builder,
    duration_ns: Int64Builder,
    name: Text,
    kind: UInt8Builder,
    status_code: UInt8Builder,
    status_message: Text,
    service_name: Text,
    service_instance: Text,
    service_version: Text,
    deployment_environment: Text,
    host_name: Text,
    telemetry_sdk_language: Text,
    http_method: Text,
    http_route: Text,
    http_status_code: Int32Builder,
    url_path: Text,
    url_full: Text,
    server_address: Text,
    server_port: Int32Builder,
    client_address: Text,
    user_agent: Text,
    user_id: Text,
    session_id: Text,
    db_system: Text,
    db_namespace: Text,
    db_operation: Text,
    db_statement: Text,
    rpc_system: Text,
    rpc_method: Text,
    messaging_system: Text,
    messaging_destination: Text,
    messaging_operation: Text,
    error_type: Text,
    exception_type: Text,
    exception_message: Text,
    exception_stacktrace: Text,
    operation: Text,
    scope_name: Text,
    attributes: Messages,
    resource: Vec<i32>,
    events: Messages,
    links: Messages,
    received_ms: Int64Builder,
    scratch: Scratch,
}

/// Cells under construction, kept for their room.
#[derive(Default)]
struct Scratch {
    attributes: Vec<u8>,
    events: Vec<u8>,
    links: Vec<u8>,
}

impl SpanRows {
    pub(super) const fn len(&self) -> u64 {
        self.rows
    }

    /// Adds a span, or leaves out one that the shared rules reject. Everything that can fail comes before the first
    /// column, so a row is whole or absent.
    pub(super) fn append(
        &mut self,
        message: &[u8],
        scope: &ScopeView<'_>,
        resource: &Resource,
        received_ms: i64,
        rules: &Rules,
    ) -> Result<(), WireError> {
        let span = SpanView::parse(message)?;
        if let Some(why) = rules.judge_span(&span) {
            metrics::counter!("writer_items_invalid_total", "why" => why.code()).increment(1);
            return Ok(());
        }
        let kind = SpanKind::from_code(span.kind);
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.attributes.clear();
        scratch.events.clear();
        scratch.links.clear();
        let exception = copy_events(&span, &mut scratch.events)?;
        copy_links(&span, &mut scratch.links)?;
        let typed = Typed::read(span.attributes(), kind, exception, &mut scratch.attributes)?;
        self.push(&span, kind, scope, resource, received_ms, &typed, &scratch);
        self.scratch = scratch;
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one row is all of these, and nobody else calls this")]
    fn push(
        &mut self,
        span: &SpanView<'_>,
        kind: SpanKind,
        scope: &ScopeView<'_>,
        resource: &Resource,
        received_ms: i64,
        typed: &Typed<'_>,
        scratch: &Scratch,
    ) {
        let is_root = span.parent_span_id.iter().all(|byte| *byte == 0);
        let name = text(span.name);
        self.rows += 1;
        self.trace_id.push(span.trace_id);
        self.span_id.push(span.span_id);
        self.parent_span_id.push_valid(span.parent_span_id);
        self.is_entry.append_value(is_root || kind.is_entry());
        self.start_ns.append_value(signed(span.start_ns));
        self.duration_ns.append_value(signed(span.end_ns - span.start_ns));
        self.name.push(&name);
        self.kind.append_value(kind.code());
        self.status_code.append_value(StatusCode::from_code(span.status_code).code());
        self.status_message.push_option(unless_empty(&text(span.status_message)));
        self.push_resource(resource);
        self.push_typed(typed);
        match (&typed.http_method, &typed.http_route) {
            (Some(method), Some(route)) => self.operation.push_parts(&[method, " ", route]),
            _ => self.operation.push(&name),
        }
        self.scope_name.push_option(unless_empty(&text(scope.name)));
        self.attributes.push(&scratch.attributes);
        self.events.push_unless_empty(&scratch.events);
        self.links.push_unless_empty(&scratch.links);
        self.received_ms.append_value(received_ms);
    }

    fn push_resource(&mut self, resource: &Resource) {
        self.service_name.push(&resource.service_name);
        self.service_instance.push_option(resource.service_instance.as_deref());
        self.service_version.push_option(resource.service_version.as_deref());
        self.deployment_environment.push_option(resource.deployment_environment.as_deref());
        self.host_name.push_option(resource.host_name.as_deref());
        self.telemetry_sdk_language.push_option(resource.telemetry_sdk_language.as_deref());
        self.resource.push(resource.key);
    }

    fn push_typed(&mut self, typed: &Typed<'_>) {
        self.http_method.push_option(typed.http_method.as_deref());
        self.http_route.push_option(typed.http_route.as_deref());
        self.http_status_code.append_option(typed.http_status_code);
        self.url_path.push_option(typed.url_path.as_deref());
        self.url_full.push_option(typed.url_full.as_deref());
        self.server_address.push_option(typed.server_address.as_deref());
        self.server_port.append_option(typed.server_port);
        self.client_address.push_option(typed.client_address.as_deref());
        self.user_agent.push_option(typed.user_agent.as_deref());
        self.user_id.push_option(typed.user_id.as_deref());
        self.session_id.push_option(typed.session_id.as_deref());
        self.db_system.push_option(typed.db_system.as_deref());
        self.db_namespace.push_option(typed.db_namespace.as_deref());
        self.db_operation.push_option(typed.db_operation.as_deref());
        self.db_statement.push_option(typed.db_statement.as_deref());
        self.rpc_system.push_option(typed.rpc_system.as_deref());
        self.rpc_method.push_option(typed.rpc_method.as_deref());
        self.messaging_system.push_option(typed.messaging_system.as_deref());
        self.messaging_destination.push_option(typed.messaging_destination.as_deref());
        self.messaging_operation.push_option(typed.messaging_operation.as_deref());
        self.error_type.push_option(typed.error_type.as_deref());
        self.exception_type.push_option(typed.exception.kind.as_deref());
        self.exception_message.push_option(typed.exception.message.as_deref());
        self.exception_stacktrace.push_option(typed.exception.stacktrace.as_deref());
    }

    /// In the order of the schema.
    pub(super) fn finish(mut self, resources: Vec<Vec<u8>>) -> RecordBatch {
        let columns = vec![
            self.trace_id.finish(),
            self.span_id.finish(),
            self.parent_span_id.finish(),
            fit(self.is_entry.finish()),
            fit(self.start_ns.finish()),
            fit(self.duration_ns.finish()),
            self.name.finish(),
            fit(self.kind.finish()),
            fit(self.status_code.finish()),
            self.status_message.finish(),
            self.service_name.finish(),
            self.service_instance.finish(),
            self.service_version.finish(),
            self.deployment_environment.finish(),
            self.host_name.finish(),
            self.telemetry_sdk_language.finish(),
            self.http_method.finish(),
            self.http_route.finish(),
            fit(self.http_status_code.finish()),
            self.url_path.finish(),
            self.url_full.finish(),
            self.server_address.finish(),
            fit(self.server_port.finish()),
            self.client_address.finish(),
            self.user_agent.finish(),
            self.user_id.finish(),
            self.session_id.finish(),
            self.db_system.finish(),
            self.db_namespace.finish(),
            self.db_operation.finish(),
            self.db_statement.finish(),
            self.rpc_system.finish(),
            self.rpc_method.finish(),
            self.messaging_system.finish(),
            self.messaging_destination.finish(),
            self.messaging_operation.finish(),
            self.error_type.finish(),
            self.exception_type.finish(),
            self.exception_message.finish(),
            self.exception_stacktrace.finish(),
            self.operation.finish(),
            self.scope_name.finish(),
            self.attributes.finish(),
            resource_column(self.resource, resources),
            self.events.finish(),
            self.links.finish(),
            fit(self.received_ms.finish()),
        ];
        batch(Signal::Traces, columns)
    }
}

/// Times beyond `i64` were rejected before.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unless_empty(text: &(impl AsRef<str> + ?Sized)) -> Option<&str> {
    Some(text.as_ref()).filter(|text| !text.is_empty())
}

pub(super) type MaybeText<'a> = Option<Cow<'a, str>>;
