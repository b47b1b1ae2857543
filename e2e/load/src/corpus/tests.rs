use std::collections::HashSet;

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    logs::v1::LogRecord,
    metrics::v1::metric::Data,
    trace::v1::Span,
};
use prost::Message;

use super::*;

const BASE_MS: u64 = 1_764_000_000_000;
const KINDS: [Kind; 3] = [Kind::Shop, Kind::Production, Kind::HighCardinality];

fn all_of(kind: Kind) -> Corpus {
    Corpus::of(Shape { seed: 7, traces_per_request: 20, kind, with_metrics: true, with_logs: true })
}

fn decoded(body: &Body) -> Vec<Span> {
    let request = ExportTraceServiceRequest::decode(body.bytes.clone()).unwrap();
    request.resource_spans.into_iter().flat_map(|r| r.scope_spans).flat_map(|s| s.spans).collect()
}

#[test]
fn a_request_is_the_same_bytes_whenever_it_is_made() {
    for kind in KINDS {
        let (one, two) = (all_of(kind), all_of(kind));
        for number in [0, 8, 9, 41] {
            assert_eq!(one.body(number, BASE_MS).bytes, two.body(number, BASE_MS).bytes);
        }
        assert_ne!(one.body(41, BASE_MS).bytes, one.body(41 + 320, BASE_MS).bytes);
    }
}

#[test]
fn the_ids_the_oracle_expects_are_the_ids_in_the_bytes() {
    for corpus in KINDS.map(all_of) {
        for number in [0, 1, 33, 1_000_003] {
            let body = corpus.body(number, BASE_MS);
            let sent = decoded(&body).into_iter().map(|span| ids(span.trace_id, span.span_id));
            let sent: HashSet<_> = sent.collect();
            let expected = corpus.keys(number, BASE_MS, Part::All(Signal::Traces));
            assert_eq!(sent, expected.into_iter().collect());
            assert_eq!(sent.len() as u32, body.items);
        }
        let records = records(&corpus.body(9, BASE_MS));
        let sent: HashSet<_> =
            records.into_iter().map(|record| ids(record.trace_id, record.span_id)).collect();
        let expected = corpus.keys(9, BASE_MS, Part::All(Signal::Logs));
        assert_eq!((sent.len(), &sent), (expected.len(), &expected.iter().copied().collect()));
    }
}

#[test]
fn the_times_the_oracle_expects_of_points_are_the_times_in_the_bytes() {
    for corpus in KINDS.map(all_of) {
        let body = corpus.body(8, BASE_MS);
        let request = ExportMetricsServiceRequest::decode(body.bytes).unwrap();
        let scopes = request.resource_metrics.into_iter().flat_map(|group| group.scope_metrics);
        let sent = scopes.flat_map(|scope| scope.metrics).flat_map(|metric| match metric.data.unwrap() {
            Data::Gauge(gauge) => times(&gauge.data_points, |point| point.time_unix_nano),
            Data::Sum(sum) => times(&sum.data_points, |point| point.time_unix_nano),
            Data::Histogram(histogram) => times(&histogram.data_points, |point| point.time_unix_nano),
            _ => unreachable!("the corpus has no others"),
        });
        let sent: HashSet<_> = sent.collect();
        let expected = corpus.keys(8, BASE_MS, Part::All(Signal::Metrics));
        assert_eq!((sent.len(), sent), (body.items as usize, expected.into_iter().collect()));
    }
}

fn times<P>(points: &[P], time_ns: impl Fn(&P) -> u64) -> Vec<ItemKey> {
    points.iter().map(|point| ItemKey::TimeNs(time_ns(point))).collect()
}

fn ids(trace: Vec<u8>, span: Vec<u8>) -> ItemKey {
    let trace_id = u128::from_be_bytes(trace.try_into().unwrap());
    ItemKey::Ids { trace_id, span_id: u64::from_be_bytes(span.try_into().unwrap()) }
}

fn records(body: &Body) -> Vec<LogRecord> {
    let request = ExportLogsServiceRequest::decode(body.bytes.clone()).unwrap();
    request.resource_logs.into_iter().flat_map(|r| r.scope_logs).flat_map(|s| s.log_records).collect()
}

#[test]
fn spans_lie_inside_their_parents_and_end_before_the_base() {
    for corpus in KINDS.map(all_of) {
        let spans = decoded(&corpus.body(5, BASE_MS));
        for span in &spans {
            assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
            assert!(span.end_time_unix_nano <= BASE_MS * 1_000_000);
            if let Some(parent) = spans.iter().find(|parent| parent.span_id == span.parent_span_id) {
                assert!(parent.start_time_unix_nano <= span.start_time_unix_nano);
                assert!(parent.end_time_unix_nano >= span.end_time_unix_nano);
            }
        }
    }
}

#[test]
fn every_mark_is_patched_and_items_are_counted() {
    for corpus in KINDS.map(all_of) {
        for number in 0..10 {
            let body = corpus.body(number, BASE_MS);
            let marks =
                body.bytes.windows(5).filter(|five| *five == b"\x01\x01TXT" || five[..2] == [0xFE, 0xED]);
            assert_eq!(marks.filter(|five| five[0] == 1 || five[2..] == *b"TME").count(), 0);
        }
        let metrics = ExportMetricsServiceRequest::decode(corpus.body(8, BASE_MS).bytes).unwrap();
        assert!(!metrics.resource_metrics.is_empty());
        let logs = corpus.body(9, BASE_MS);
        assert_eq!(records(&logs).len() as u32, logs.items);
    }
}

#[test]
fn a_corpus_of_high_cardinality_hardly_repeats_itself() {
    let corpus = all_of(Kind::HighCardinality);
    let names = |number| decoded(&corpus.body(number, BASE_MS)).into_iter().map(|span| span.name);
    let names: Vec<String> = names(0).chain(names(320)).collect();
    let different: HashSet<&String> = names.iter().collect();
    assert!(different.len() * 10 > names.len() * 9, "{} of {}", different.len(), names.len());
}
