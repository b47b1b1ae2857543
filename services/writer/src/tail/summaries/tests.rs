//! Whose calls wait for their answers, and for how long.

use naru_ids::UnixMs;
use naru_lake::rollup::{Grain, Sums};
use naru_signal::Signal;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message;

use super::*;
use crate::{decode, summarize::END_BYTES};

const SERVER: i32 = 2;
const CLIENT: i32 = 3;
const NOW_MS: u64 = 1_795_000_000_000;

fn key(number: u64) -> TableKey {
    let (tenant, project) = (TenantId::new(UnixMs(number)), ProjectId::new(UnixMs(number)));
    TableKey { tenant, project, signal: Signal::Traces }
}

/// `count` spans of a kind; a server's are the answers to the client's.
fn spans(kind: i32, count: u64, received_ms: u64) -> RecordBatch {
    let span = |number: u64| Span {
        trace_id: vec![7; 16],
        span_id: (if kind == CLIENT { number } else { number + 1_000 }).to_be_bytes().to_vec(),
        parent_span_id: (if kind == CLIENT { 9_999 } else { number }).to_be_bytes().to_vec(),
        kind,
        start_time_unix_nano: NOW_MS * 1_000_000,
        end_time_unix_nano: NOW_MS * 1_000_000 + 1,
        ..Span::default()
    };
    let scope_spans = vec![ScopeSpans { spans: (1..=count).map(span).collect(), ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    let request = ExportTraceServiceRequest { resource_spans };
    decode::request(Signal::Traces, request.encode_to_vec().into(), received_ms).unwrap()
}

/// Calls that met their answers, in what was frozen of a project.
fn pairs(cuts: &[Cut], key: &TableKey) -> u64 {
    let mut sums = Sums::default();
    for (rollups, _) in cuts {
        for (_, _, frozen) in rollups.iter().filter(|(_, project, _)| *project == key.project) {
            frozen.add_to(&mut sums, Grain::Hour, |_, _| true);
        }
    }
    let sums = sums.net();
    let is_pair = |name: &str| name.starts_with("service:");
    let edges = sums.iter().filter(|(key, _)| key.kind == Kind::Edge);
    edges.filter(|(key, _)| is_pair(&key.service) && is_pair(&key.name)).map(|(_, sum)| sum.total()).sum()
}

#[test]
fn a_project_that_fell_silent_leaves_its_places_to_others() {
    let room = Arc::new(WaitingRoom::new(48 * END_BYTES));
    let mut summaries = Summaries::new(1, Arc::clone(&room), Arc::default());
    let (silent, busy) = (key(1), key(2));
    summaries.count(&silent, &spans(CLIENT, 30, NOW_MS));
    // There are few places left for two.
    let later_ms = NOW_MS + KEPT_MS.unsigned_abs() + 1;
    summaries.count(&busy, &spans(CLIENT, 1, later_ms));
    let mut cuts = vec![summaries.freeze()];

    summaries.count(&busy, &spans(CLIENT, 30, later_ms));
    summaries.count(&busy, &spans(SERVER, 30, later_ms));

    cuts.push(summaries.freeze());
    assert_eq!(pairs(&cuts, &busy), 30);

    // It comes back as one that was never there.
    summaries.count(&silent, &spans(CLIENT, 3, later_ms));
    summaries.count(&silent, &spans(SERVER, 3, later_ms));
    cuts.push(summaries.freeze());
    assert_eq!(pairs(&cuts, &silent), 3);
    drop(summaries);
    assert!(room.is_empty());
}

#[test]
fn ends_within_their_time_wait_over_a_cut() {
    let mut summaries = Summaries::new(1, Arc::new(WaitingRoom::without_end()), Arc::default());
    let (one, other) = (key(1), key(2));
    summaries.count(&one, &spans(CLIENT, 2, NOW_MS));
    summaries.count(&other, &spans(CLIENT, 1, NOW_MS + 60_000));
    let mut cuts = vec![summaries.freeze()];

    summaries.count(&one, &spans(SERVER, 2, NOW_MS + 60_000));

    cuts.push(summaries.freeze());
    assert_eq!(pairs(&cuts, &one), 2);
}
