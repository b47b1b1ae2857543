mod hostile;
mod metrics;

use std::collections::HashSet;

use naru_ids::UnixMs;
use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue, any_value::Value},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use proptest::prelude::*;
use prost::Message;

use super::*;

const NOW_NS: u64 = 1_764_000_000_000_000_000;
const SECOND_NS: u64 = 1_000_000_000;

fn rules() -> Rules {
    Rules::at(NOW_NS, 14)
}

fn project() -> ProjectId {
    ProjectId::from_hex("0190a0a0a0a07000800000000000000f").unwrap()
}

fn span(n: u64, name: &str) -> Span {
    Span {
        trace_id: (u128::from(n) + 1).to_be_bytes().to_vec(),
        span_id: (n + 1).to_be_bytes().to_vec(),
        name: name.to_owned(),
        start_time_unix_nano: NOW_NS - SECOND_NS,
        end_time_unix_nano: NOW_NS,
        ..Span::default()
    }
}

fn request(groups: Vec<Vec<Span>>) -> Bytes {
    let resource_spans = groups.into_iter().enumerate().map(|(index, spans)| ResourceSpans {
        resource: Some(Resource {
            attributes: vec![text("service.name", &format!("s{index}"))],
            ..Resource::default()
        }),
        scope_spans: vec![ScopeSpans {
            scope: Some(InstrumentationScope { name: "test".to_owned(), ..InstrumentationScope::default() }),
            spans,
            schema_url: "https://opentelemetry.io/schemas/1.44.0".to_owned(),
        }],
        schema_url: "https://opentelemetry.io/schemas/1.44.0".to_owned(),
    });
    ExportTraceServiceRequest { resource_spans: resource_spans.collect() }.encode_to_vec().into()
}

fn text(key: &str, value: &str) -> KeyValue {
    let value = Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}

fn admit_spans(request: &Bytes) -> Admitted {
    admit(project(), Signal::Traces, request, &rules()).unwrap()
}

/// All spans of all entries with the resource and scope they hang on, as prost reads them.
fn spans_of(entries: &[Entry]) -> Vec<(Option<Resource>, Option<InstrumentationScope>, String, Span)> {
    let mut all = Vec::new();
    for entry in entries {
        for group in ExportTraceServiceRequest::decode(entry.bytes.clone()).unwrap().resource_spans {
            for scope in group.scope_spans {
                all.extend(scope.spans.into_iter().map(|span| {
                    (group.resource.clone(), scope.scope.clone(), scope.schema_url.clone(), span)
                }));
            }
        }
    }
    all
}

fn whole(request: &Bytes) -> Entry {
    Entry { id: EntryId(0), bytes: request.clone(), items: 0 }
}

#[test]
fn a_small_valid_request_is_one_entry_of_the_very_bytes() {
    let request = request(vec![vec![span(1, "a"), span(2, "b")], vec![span(3, "c")]]);
    let admitted = admit_spans(&request);
    assert_eq!((admitted.entries.len(), admitted.items, admitted.newest_ns), (1, 3, NOW_NS));
    assert_eq!(admitted.entries[0].bytes.as_ptr(), request.as_ptr());
    assert!(admitted.rejections.is_empty());
}

#[test]
fn each_invalid_span_is_left_out_with_its_reason_and_the_rest_is_stored_as_sent() {
    let request = request(vec![vec![
        span(1, "good"),
        Span { trace_id: vec![0; 16], ..span(2, "zero trace id") },
        Span { span_id: vec![1; 7], ..span(3, "short span id") },
        Span { end_time_unix_nano: NOW_NS - 2 * SECOND_NS, ..span(4, "ends first") },
        Span { start_time_unix_nano: NOW_NS - 15 * 86_400 * SECOND_NS, ..span(5, "old") },
        Span {
            start_time_unix_nano: NOW_NS + 3_601 * SECOND_NS,
            end_time_unix_nano: NOW_NS + 3_602 * SECOND_NS,
            ..span(6, "ahead")
        },
        Span { name: "x".repeat(ITEM_BYTES_MAX + 1), ..span(7, "") },
        span(8, "also good"),
    ]]);
    let admitted = admit_spans(&request);
    let reasons: Vec<_> = admitted.rejections.iter().collect();
    assert_eq!(
        reasons,
        [
            (Why::InvalidId, 2),
            (Why::EndBeforeStart, 1),
            (Why::TooOld, 1),
            (Why::TooFarAhead, 1),
            (Why::TooLarge, 1),
        ]
    );
    let stored = spans_of(&admitted.entries);
    let names: Vec<_> = stored.iter().map(|(.., span)| span.name.as_str()).collect();
    assert_eq!(names, ["good", "also good"]);
    assert_eq!(stored[0], spans_of(&[whole(&request)])[0]);
}

#[test]
fn a_large_request_is_cut_at_spans_and_loses_nothing() {
    let groups: Vec<Vec<Span>> =
        (0..4).map(|g| (0..500).map(|n| span(g * 1_000 + n, &"n".repeat(900))).collect()).collect();
    let request = request(groups);
    let admitted = admit_spans(&request);
    assert!(admitted.entries.len() >= 4);
    assert!(admitted.entries.iter().all(|entry| entry.bytes.len() <= ENTRY_BYTES_MAX + 4 * 1024));
    assert_eq!(admitted.entries.iter().map(|entry| u64::from(entry.items)).sum::<u64>(), 2_000);
    assert_eq!(spans_of(&admitted.entries), spans_of(&[whole(&request)]));
    let ids: HashSet<_> = admitted.entries.iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), admitted.entries.len());
}

#[test]
fn resent_bytes_have_the_same_ids_even_when_some_spans_have_grown_too_old() {
    let old =
        |n| Span { start_time_unix_nano: NOW_NS - 14 * 86_400 * SECOND_NS + 5, ..span(n, &"o".repeat(900)) };
    let spans = (0..700).map(old).chain((700..2_000).map(|n| span(n, &"n".repeat(900)))).collect();
    let request = request(vec![spans]);
    let first = admit_spans(&request);
    let later = admit(project(), Signal::Traces, &request, &Rules::at(NOW_NS + SECOND_NS, 14)).unwrap();

    assert_eq!(later.rejections.total(), 700);
    let known: HashSet<_> = first.entries.iter().map(|entry| entry.id).collect();
    assert!(later.entries.iter().all(|entry| known.contains(&entry.id)));
    let elsewhere = admit(ProjectId::new(UnixMs(1)), Signal::Traces, &request, &rules()).unwrap();
    assert!(elsewhere.entries.iter().all(|entry| !known.contains(&entry.id)));
}

#[test]
fn a_bomb_of_empty_elements_is_refused_by_count_and_costs_no_structs() {
    let mut scope_group = Vec::new();
    for _ in 0..ELEMENTS_MAX + 1 {
        scope_group.extend_from_slice(&[0x12, 0x00]);
    }
    let mut resource_group = Vec::new();
    crate::wire::put_bytes(&mut resource_group, 2, &scope_group);
    let mut request = Vec::new();
    crate::wire::put_bytes(&mut request, 1, &resource_group);
    let refused = admit(project(), Signal::Traces, &request.into(), &rules()).unwrap_err();
    assert_eq!(refused, RefusedRequest::TooManyElements);
}

#[test]
fn values_nested_too_deep_are_refused() {
    let mut value = AnyValue { value: Some(Value::IntValue(1)) };
    for _ in 0..crate::view::NESTING_MAX + 5 {
        value = AnyValue { value: Some(Value::ArrayValue(ArrayValue { values: vec![value] })) };
    }
    let attribute = KeyValue { key: "deep".to_owned(), value: Some(value), ..KeyValue::default() };
    let request = request(vec![vec![Span { attributes: vec![attribute], ..span(1, "a") }]]);
    let refused = admit(project(), Signal::Traces, &request, &rules()).unwrap_err();
    assert_eq!(refused, RefusedRequest::Malformed(WireError::Nesting));
}

#[test]
fn a_log_record_without_a_time_is_stored() {
    let record = LogRecord {
        body: Some(AnyValue { value: Some(Value::StringValue("hi".to_owned())) }),
        ..LogRecord::default()
    };
    let request = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            scope_logs: vec![ScopeLogs { log_records: vec![record], ..ScopeLogs::default() }],
            ..ResourceLogs::default()
        }],
    };
    let admitted = admit(project(), Signal::Logs, &request.encode_to_vec().into(), &rules()).unwrap();
    assert_eq!((admitted.items, admitted.rejections.total()), (1, 0));
}

#[test]
fn an_empty_request_is_no_entry_and_no_error() {
    let admitted = admit_spans(&Bytes::new());
    assert!(admitted.entries.is_empty() && admitted.rejections.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_admitted_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let bytes = Bytes::from(bytes);
        for signal in Signal::ALL {
            let _ = admit(project(), signal, &bytes, &rules());
        }
    }

    #[test]
    fn flipped_bytes_of_a_real_request_are_admitted_or_refused_without_a_panic(at in 0usize..400, flip in 1u8..=255) {
        let mut bytes = request(vec![vec![span(1, "a"), span(2, "b")], vec![span(3, "c")]]).to_vec();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        let _ = admit(project(), Signal::Traces, &bytes.into(), &rules());
    }

    #[test]
    fn counts_equal_those_of_the_reference_decoder(sizes in proptest::collection::vec(0usize..20, 0..6)) {
        let request = request(sizes.iter().map(|&size| (0..size as u64).map(|n| span(n, "x")).collect()).collect());
        prop_assert_eq!(admit_spans(&request).items as usize, sizes.iter().sum::<usize>());
    }
}
