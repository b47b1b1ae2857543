//! The install page's own trace.

use naru_ingest_api::{OnboardingKind, TEST_TRACE, TEST_TRACE_ATTRIBUTE, TestTrace, TestTraceSent};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

use crate::world::{WITHIN, World};

#[tokio::test]
async fn a_test_trace_is_on_the_bus_when_it_is_answered_labelled_and_unbilled() {
    let w = World::start().await;
    let key = w.license.issue();
    let (tenant, project) = (key.claims.tenant, key.claims.project);
    let sent: TestTraceSent =
        w.bus.request(TEST_TRACE, &TestTrace { tenant, project }, WITHIN).await.unwrap();
    let entries = w.entries().await;
    assert_eq!((entries.len(), entries[0].project, entries[0].is_unbilled), (1, project, true));
    let request = ExportTraceServiceRequest::decode(entries[0].bytes.clone()).unwrap();
    let mut spans = 0;
    for group in &request.resource_spans {
        let labels = &group.resource.as_ref().unwrap().attributes;
        assert!(labels.iter().any(|attribute| attribute.key == TEST_TRACE_ATTRIBUTE));
        for span in &group.scope_spans[0].spans {
            assert_eq!(hex::encode(&span.trace_id), sent.trace_id);
            spans += 1;
        }
    }
    assert_eq!((request.resource_spans.len(), spans, entries[0].items), (2, 4, 4));
    w.sees_event(&key, "the test trace", |event| {
        event.kind == OnboardingKind::TestTrace { trace_id: sent.trace_id.clone() }
    })
    .await;
}
