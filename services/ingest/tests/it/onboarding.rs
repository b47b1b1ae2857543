//! What a person sees who is installing an agent.

use naru_ingest_api::OnboardingKind;
use naru_testkit::wait_until;
use prost::Message;

use crate::world::{WITHIN, World, request_of, span, spans};

#[tokio::test]
async fn the_log_names_the_key_the_agent_and_the_first_span_once() {
    let w = World::start().await;
    let key = w.license.issue();
    for n in 0..5 {
        assert_eq!(w.send(&key, spans(n + 1)).await.status(), 200);
    }
    let is_first = |kind: &OnboardingKind| matches!(kind, OnboardingKind::FirstSpan { .. });
    w.sees_event(&key, "the first span", |event| is_first(&event.kind)).await;
    let events = w.events(&key).await;
    let accepted = events.iter().find_map(|event| match &event.kind {
        OnboardingKind::KeyAccepted { key_hint, protocol, peer } => Some((key_hint, protocol, peer)),
        _ => None,
    });
    let (key_hint, protocol, peer) = accepted.unwrap();
    assert!(key.text.starts_with(key_hint.split('…').next().unwrap()) && *key_hint != key.text);
    assert_eq!((protocol.as_str(), peer.as_str()), ("http/protobuf", "127.0.0.1"));
    let agents: Vec<_> =
        events.iter().filter(|event| matches!(event.kind, OnboardingKind::AgentSeen { .. })).collect();
    let expected = OnboardingKind::AgentSeen {
        application: "shop".to_owned(),
        language: "python".to_owned(),
        agent: "opentelemetry".to_owned(),
        version: "1.38.0".to_owned(),
    };
    assert_eq!((agents.len(), &agents[0].kind), (1, &expected));
    let first: Vec<_> = events.iter().filter(|event| is_first(&event.kind)).collect();
    assert_eq!(first.len(), 1);
    let OnboardingKind::FirstSpan { application, trace_id, operation } = &first[0].kind else {
        unreachable!()
    };
    assert_eq!((application.as_str(), operation.as_str()), ("shop", "GET /0"));
    assert_eq!(*trace_id, hex::encode(1_u128.to_be_bytes()));
}

#[tokio::test]
async fn a_request_of_which_nothing_was_stored_is_not_the_first_span() {
    let w = World::start().await;
    let key = w.license.issue();
    let mut zero = span(1);
    zero.trace_id = vec![0; 16];
    assert_eq!(w.send(&key, request_of(vec![zero]).encode_to_vec()).await.status(), 200);
    w.sees_event(&key, "the rejection", |event| {
        matches!(event.kind, OnboardingKind::Rejected { count: 1, .. })
    })
    .await;
    // Looks at one project are two seconds apart; the first span comes with the next.
    wait_until("the first span is told", WITHIN, || async {
        assert_eq!(w.send(&key, spans(1)).await.status(), 200);
        w.events(&key).await.iter().any(|event| {
            matches!(&event.kind, OnboardingKind::FirstSpan { operation, .. } if operation == "GET /0")
        })
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_ahead_is_told_with_its_offset() {
    let w = World::start().await;
    let key = w.license.issue();
    let mut ahead = span(1);
    let minutes_10 = 600_000_000_000;
    ahead.start_time_unix_nano += minutes_10;
    ahead.end_time_unix_nano += minutes_10;
    assert_eq!(w.send(&key, request_of(vec![ahead]).encode_to_vec()).await.status(), 200);
    w.sees_event(&key, "the clock offset", |event| {
        matches!(event.kind, OnboardingKind::ClockOffset { offset_ms, .. } if (590_000..=600_000).contains(&offset_ms))
    })
    .await;
    let offset_ms = w.entries().await[0].clock_offset_ms;
    assert!((590_000..=600_000).contains(&offset_ms), "{offset_ms}");
}
