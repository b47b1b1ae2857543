//! Who sent a request, for the install page: read from resources only, a few hundred bytes each.

use bytes::Bytes;
use naru_otlp::{
    view::{Group, ResourceView, SpanView, for_each_group, text},
    wire::WireError,
};

/// An application and its agent, as the resource names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ResourceFacts {
    pub(crate) application: String,
    pub(crate) language: String,
    pub(crate) agent: String,
    pub(crate) version: String,
}

/// The first span of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirstSpan {
    pub(crate) application: String,
    pub(crate) trace_id: String,
    pub(crate) operation: String,
}

/// Distinct senders of a request, at most this many.
const SENDERS_MAX: usize = 50;

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
    let mut first = None;
    let _: Result<(), WireError> = for_each_group(request, |group| {
        if first.is_none()
            && let Some(item) = group.items().next()
        {
            let span = SpanView::parse(item?)?;
            first = Some(FirstSpan {
                application: facts_of(&group.resource).application,
                trace_id: hex::encode(span.trace_id),
                operation: short(&text(span.name)),
            });
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
    let distro = find("telemetry.distro.name");
    let (agent, version) = if distro.is_empty() {
        (find("telemetry.sdk.name"), find("telemetry.sdk.version"))
    } else {
        (distro, find("telemetry.distro.version"))
    };
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
}
