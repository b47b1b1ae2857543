//! Who sent a request, for the install page: read from resources only, a few hundred bytes each.

use bytes::Bytes;
use naru_otlp::{
    view::{Group, ResourceView, SpanView, for_each_group, text},
    wire::WireError,
};
use naru_signal::SpanKind;

/// An application and its agent, as the resource names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ResourceFacts {
    pub(crate) application: String,
    pub(crate) language: String,
    pub(crate) agent: String,
    pub(crate) version: String,
}

/// The first span of a request: its first transaction if it has one, since that is what its sender knows by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirstSpan {
    pub(crate) application: String,
    pub(crate) trace_id: String,
    pub(crate) operation: String,
}

/// Distinct senders of a request, at most this many.
const SENDERS_MAX: usize = 50;
/// Of each scope, in search of a transaction.
const SPANS_LOOKED_AT: usize = 100;

pub(crate) fn resources(request: &Bytes) -> Vec<ResourceFacts> {
    let mut all: Vec<ResourceFacts> = Vec::new();
    let mut last: Option<Group<'_>> = None;
    // A request that was admitted is readable to its end.
    let _: Result<(), WireError> = for_each_group(request, |group| {
        if all.len() < SENDERS_MAX && !last.is_some_and(|last| last.shares_resource_with(&group)) {
            let facts = facts_of(&group.resource);
            if !all.contains(&facts) {
                all.push(facts);
            }
        }
        last = Some(group);
        Ok(())
    });
    all
}

pub(crate) fn first_span(request: &Bytes) -> Option<FirstSpan> {
    let (mut first, mut is_transaction) = (None, false);
    let _: Result<(), WireError> = for_each_group(request, |group| {
        for item in group.items().take(SPANS_LOOKED_AT) {
            let span = SpanView::parse(item?)?;
            let is_entry = SpanKind::from_code(span.kind).is_entry();
            if first.is_none() || is_entry && !is_transaction {
                is_transaction = is_entry;
                first = Some(FirstSpan {
                    application: facts_of(&group.resource).application,
                    trace_id: hex::encode(span.trace_id),
                    operation: short(&text(span.name)),
                });
            }
            if is_transaction {
                break;
            }
        }
        Ok(())
    });
    first
}

fn facts_of(resource: &ResourceView<'_>) -> ResourceFacts {
    let attributes = resource.attributes();
    let find = |key: &str| {
        attributes.find(key).and_then(|value| value.as_text()).map(|text| short(&text)).unwrap_or_default()
    };
    let or = |first: String, second: &str| if first.is_empty() { find(second) } else { first };
    let agent = or(find("telemetry.distro.name"), "telemetry.sdk.name");
    // Older agents say `auto`; an SDK alone has only its own version.
    let version = or(or(find("telemetry.distro.version"), "telemetry.auto.version"), "telemetry.sdk.version");
    ResourceFacts {
        application: find("service.name"),
        language: find("telemetry.sdk.language"),
        agent,
        version,
    }
}

/// What senders say is shown to people: short.
fn short(text: &str) -> String {
    text.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use naru_otlp::wire::put_bytes;

    use super::*;

    #[test]
    fn a_resource_is_read_once_however_many_scopes_it_has() {
        // Read once per scope, these would be 10^11 steps on a thread that others wait for.
        let (mut group, mut request) = (Vec::new(), Vec::new());
        put_bytes(&mut group, 1, &[0x78, 0x01].repeat(300_000));
        for _ in 0..300_000 {
            put_bytes(&mut group, 2, b"");
        }
        put_bytes(&mut request, 1, &group);
        assert_eq!(resources(&request.into()).len(), 1);
    }

    fn span(name: &str, kind: u8) -> Vec<u8> {
        let mut span = Vec::new();
        put_bytes(&mut span, 5, name.as_bytes());
        span.extend([0x30, kind]);
        span
    }

    #[test]
    fn the_first_span_told_is_a_transaction_when_there_is_one() {
        let request = |spans: &[Vec<u8>]| {
            let (mut scope, mut group, mut request) = (Vec::new(), Vec::new(), Vec::new());
            spans.iter().for_each(|span| put_bytes(&mut scope, 2, span));
            put_bytes(&mut group, 2, &scope);
            put_bytes(&mut request, 1, &group);
            Bytes::from(request)
        };
        let told = |spans: &[Vec<u8>]| first_span(&request(spans)).map(|first| first.operation);
        let (sql, server) = (span("select", 3), span("GET /orders", 2));
        assert_eq!(told(&[sql.clone(), server.clone(), span("later", 2)]).as_deref(), Some("GET /orders"));
        assert_eq!(told(std::slice::from_ref(&sql)).as_deref(), Some("select"));
        assert_eq!(told(&[]), None);
    }
}
