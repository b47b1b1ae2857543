//! The demo-like corpus: traces of a shop of 15 services, pre-encoded once, with ids and times patched in place.
//!
//! Everything in a request follows from (seed, request number, base time), so a ledger line is enough to know each
//! id that must be found afterwards.

use bytes::Bytes;
use rand::{SeedableRng, rngs::StdRng};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

use crate::template::{Slot, Template};

/// Templates are few, so that bodies differ, and many, so that they compress like traffic and not like one page.
const TEMPLATES: usize = 32;

/// Bodies for one seed.
#[derive(Debug)]
pub struct Corpus {
    seed: u64,
    templates: Vec<Template>,
}

/// One request's bytes (OTLP protobuf, not compressed) and what it holds.
#[derive(Debug, Clone)]
pub struct Body {
    pub bytes: Bytes,
    pub spans: u32,
}

/// A span that must be found, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanKey {
    pub trace_id: u128,
    pub span_id: u64,
}

impl Corpus {
    /// `traces_per_request` traces of about 8 spans each.
    #[must_use]
    pub fn new(seed: u64, traces_per_request: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        Self {
            seed,
            templates: (0..TEMPLATES).map(|_| Template::generate(&mut rng, traces_per_request)).collect(),
        }
    }

    /// Request `number`, its newest span ending at `base_ms` (unix ms).
    #[must_use]
    pub fn body(&self, number: u64, base_ms: u64) -> Body {
        let template = self.template(number);
        let mut bytes = template.bytes.clone();
        for slot in &template.slots {
            match *slot {
                Slot::TraceId { at, trace } => {
                    bytes[at..at + 16].copy_from_slice(&self.trace_id(number, trace).to_be_bytes());
                }
                Slot::SpanId { at, span } => {
                    bytes[at..at + 8].copy_from_slice(&self.span_id(number, span).to_be_bytes());
                }
                Slot::Time { at, before_base_ns } => {
                    let time_ns = base_ms * 1_000_000 - before_base_ns;
                    bytes[at..at + 8].copy_from_slice(&time_ns.to_le_bytes());
                }
            }
        }
        Body { bytes: bytes.into(), spans: template.span_count() }
    }

    /// All spans of request `number`, and whether each is an entry span (root, SERVER or CONSUMER).
    pub fn spans(&self, number: u64) -> impl Iterator<Item = (SpanKey, bool)> + '_ {
        self.template(number).spans.iter().enumerate().map(move |(index, span)| {
            let key = SpanKey {
                trace_id: self.trace_id(number, span.trace),
                span_id: self.span_id(number, u32::try_from(index).unwrap_or(u32::MAX)),
            };
            (key, span.is_entry)
        })
    }

    fn template(&self, number: u64) -> &Template {
        &self.templates[usize::try_from(number).unwrap_or(0) % self.templates.len()]
    }

    fn trace_id(&self, number: u64, trace: u32) -> u128 {
        xxh3_128_with_seed(&tag(number, trace), self.seed) | 1
    }

    fn span_id(&self, number: u64, span: u32) -> u64 {
        xxh3_64_with_seed(&tag(number, span), !self.seed) | 1
    }
}

fn tag(number: u64, index: u32) -> [u8; 12] {
    let mut tag = [0; 12];
    tag[..8].copy_from_slice(&number.to_be_bytes());
    tag[8..].copy_from_slice(&index.to_be_bytes());
    tag
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use prost::Message;

    use super::*;

    fn decoded(body: &Body) -> Vec<opentelemetry_proto::tonic::trace::v1::Span> {
        let request = ExportTraceServiceRequest::decode(body.bytes.clone()).unwrap();
        request.resource_spans.into_iter().flat_map(|r| r.scope_spans).flat_map(|s| s.spans).collect()
    }

    #[test]
    fn a_request_is_the_same_bytes_whenever_it_is_made() {
        let (one, two) = (Corpus::new(7, 20), Corpus::new(7, 20));
        assert_eq!(one.body(41, 1_764_000_000_000).bytes, two.body(41, 1_764_000_000_000).bytes);
        assert_ne!(one.body(41, 1_764_000_000_000).bytes, one.body(41 + 32, 1_764_000_000_000).bytes);
    }

    #[test]
    fn the_ids_the_oracle_expects_are_the_ids_in_the_bytes() {
        let corpus = Corpus::new(7, 20);
        for number in [0, 1, 33, 1_000_003] {
            let sent: HashSet<_> = decoded(&corpus.body(number, 1_764_000_000_000))
                .iter()
                .map(|span| SpanKey {
                    trace_id: u128::from_be_bytes(span.trace_id.clone().try_into().unwrap()),
                    span_id: u64::from_be_bytes(span.span_id.clone().try_into().unwrap()),
                })
                .collect();
            let expected: HashSet<_> = corpus.spans(number).map(|(key, _)| key).collect();
            assert_eq!(sent, expected);
            assert_eq!(sent.len() as u32, corpus.body(number, 1_764_000_000_000).spans);
        }
    }

    #[test]
    fn spans_lie_inside_their_parents_and_end_before_the_base() {
        let corpus = Corpus::new(3, 20);
        let base_ms = 1_764_000_000_000;
        let spans = decoded(&corpus.body(5, base_ms));
        for span in &spans {
            assert!(span.start_time_unix_nano <= span.end_time_unix_nano);
            assert!(span.end_time_unix_nano <= base_ms * 1_000_000);
            if let Some(parent) = spans.iter().find(|parent| parent.span_id == span.parent_span_id) {
                assert!(parent.start_time_unix_nano <= span.start_time_unix_nano);
                assert!(parent.end_time_unix_nano >= span.end_time_unix_nano);
            }
        }
    }
}
