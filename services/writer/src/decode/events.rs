//! Events and links of a span as JSON, and the exception among the events.

use std::borrow::Cow;

use naru_otlp::{
    view::{AnyValue, SpanView},
    wire::WireError,
};
use naru_signal::semconv::{EXCEPTION_EVENT, EXCEPTION_MESSAGE, EXCEPTION_STACKTRACE, EXCEPTION_TYPE};

use super::json::{put, put_hex, put_text};

/// What an exception event says.
#[derive(Debug, Default)]
pub(super) struct Exception<'a> {
    pub(super) kind: Option<Cow<'a, str>>,
    pub(super) message: Option<Cow<'a, str>>,
    pub(super) stacktrace: Option<Cow<'a, str>>,
}

/// Appends `[{"time_ns":…,"name":…,"attributes":{…}},…]`, or nothing when there are no events. Answers the last
/// exception: of several, it is the one that left the span.
pub(super) fn write_events<'a>(
    span: &SpanView<'a>,
    out: &mut String,
) -> Result<Option<Exception<'a>>, WireError> {
    let mut exception = None;
    for event in span.events() {
        let event = event?;
        out.push(if out.is_empty() { '[' } else { ',' });
        put(out, format_args!("{{\"time_ns\":{},\"name\":", event.time_ns));
        put_text(out, event.name);
        out.push_str(",\"attributes\":");
        event.attributes().write_json(out)?;
        out.push('}');
        if event.name == EXCEPTION_EVENT.as_bytes() {
            let value = |key: &str| event.attributes().find(key).as_ref().and_then(AnyValue::as_text);
            exception = Some(Exception {
                kind: value(EXCEPTION_TYPE),
                message: value(EXCEPTION_MESSAGE),
                stacktrace: value(EXCEPTION_STACKTRACE),
            });
        }
    }
    if !out.is_empty() {
        out.push(']');
    }
    Ok(exception)
}

/// Appends `[{"trace_id":…,"span_id":…,"attributes":{…}},…]`, or nothing when there are no links.
pub(super) fn write_links(span: &SpanView<'_>, out: &mut String) -> Result<(), WireError> {
    for link in span.links() {
        let link = link?;
        out.push_str(if out.is_empty() { "[{\"trace_id\":" } else { ",{\"trace_id\":" });
        put_hex(out, link.trace_id);
        out.push_str(",\"span_id\":");
        put_hex(out, link.span_id);
        out.push_str(",\"attributes\":");
        link.attributes().write_json(out)?;
        out.push('}');
    }
    if !out.is_empty() {
        out.push(']');
    }
    Ok(())
}
