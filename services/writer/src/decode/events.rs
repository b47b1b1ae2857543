//! Events and links of a span, and the exception among the events.

use std::borrow::Cow;

use naru_otlp::{
    view::{AnyValue, SpanView},
    wire::{WireError, put_bytes},
};
use naru_signal::semconv::{EXCEPTION_EVENT, EXCEPTION_MESSAGE, EXCEPTION_STACKTRACE, EXCEPTION_TYPE};

/// What an exception event says.
#[derive(Debug, Default)]
pub(super) struct Exception<'a> {
    pub(super) kind: Option<Cow<'a, str>>,
    pub(super) message: Option<Cow<'a, str>>,
    pub(super) stacktrace: Option<Cow<'a, str>>,
}

/// Appends each event as field 1. Answers the last exception: of several, it is the one that left the span.
pub(super) fn copy_events<'a>(
    span: &SpanView<'a>,
    out: &mut Vec<u8>,
) -> Result<Option<Exception<'a>>, WireError> {
    let mut exception = None;
    for event in span.events() {
        let event = event?;
        put_bytes(out, 1, event.message);
        if event.name == EXCEPTION_EVENT.as_bytes() {
            let value = |key: &str| event.attributes().find(key).as_ref().and_then(AnyValue::as_text);
            exception = Some(Exception {
                kind: value(EXCEPTION_TYPE),
                message: value(EXCEPTION_MESSAGE),
                stacktrace: value(EXCEPTION_STACKTRACE),
            });
        }
    }
    Ok(exception)
}

/// Appends each link as field 1.
pub(super) fn copy_links(span: &SpanView<'_>, out: &mut Vec<u8>) -> Result<(), WireError> {
    for link in span.links() {
        put_bytes(out, 1, link?.message);
    }
    Ok(())
}
