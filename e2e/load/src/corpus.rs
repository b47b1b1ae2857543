//! The corpora: requests pre-encoded once, with ids, times and changing texts patched in place.
//!
//! Everything in a request follows from (shape, request number, base time), so a ledger line is enough to know each
//! id that must be found afterwards.

use bytes::Bytes;
use clap::ValueEnum;
use rand::{SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64_with_seed, xxh3_128_with_seed};

use crate::template::{Slot, Template};

/// Templates are few, so that bodies differ, and many, so that they compress like traffic and not like one page.
const TEMPLATES: usize = 32;
/// Of so many requests one is of metrics and one of logs, where those are wanted.
const CYCLE: u64 = 10;

/// What the traffic is like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A shop of 15 services, as the demo has it; about 8 spans a trace.
    #[default]
    Shop,
    /// Pods of 30 services: long SQL, URLs, exceptions with stack traces, Kubernetes resources.
    Production,
    /// Thousands of operations and attribute keys, values that never repeat.
    HighCardinality,
}

#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    #[default]
    Traces,
    Metrics,
    Logs,
}

impl Signal {
    pub const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];
}

/// What decides every byte but times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    pub seed: u64,
    pub traces_per_request: usize,
    #[serde(default)]
    pub kind: Kind,
    /// A tenth of requests each, where wanted; all others are of traces.
    #[serde(default)]
    pub with_metrics: bool,
    #[serde(default)]
    pub with_logs: bool,
}

/// Bodies for one shape.
#[derive(Debug)]
pub struct Corpus {
    shape: Shape,
    traces: Vec<Template>,
    metrics: Vec<Template>,
    logs: Vec<Template>,
}

/// One request's bytes (OTLP protobuf, not compressed) and what it holds.
#[derive(Debug, Clone)]
pub struct Body {
    pub signal: Signal,
    pub bytes: Bytes,
    /// Spans, data points or log records.
    pub items: u32,
}

/// What tells an item from others of its signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKey {
    /// Of a span, and of a log record: each has ids of its own.
    Ids { trace_id: u128, span_id: u64 },
    /// Of a data point: each of a request has a time of its own, and only requests of one millisecond share theirs.
    TimeNs(u64),
}

/// What a reader looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    All(Signal),
    /// Roots, SERVER and CONSUMER spans: what lists of transactions show.
    EntrySpans,
}

impl Corpus {
    /// Traces of the shop, `traces_per_request` of about 8 spans each.
    #[must_use]
    pub fn new(seed: u64, traces_per_request: usize) -> Self {
        Self::of(Shape { seed, traces_per_request, ..Shape::default() })
    }

    #[must_use]
    pub fn of(shape: Shape) -> Self {
        let mut rng = StdRng::seed_from_u64(shape.seed);
        let mut templates = |signal, are_wanted: bool| -> Vec<Template> {
            let count = if are_wanted { TEMPLATES } else { 0 };
            let generate = |_| Template::generate(&mut rng, shape.kind, signal, shape.traces_per_request);
            (0..count).map(generate).collect()
        };
        let traces = templates(Signal::Traces, true);
        let metrics = templates(Signal::Metrics, shape.with_metrics);
        let logs = templates(Signal::Logs, shape.with_logs);
        Self { shape, traces, metrics, logs }
    }

    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Request `number`, its newest item ending at `base_ms` (unix ms).
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
                    let time_ns = (base_ms * 1_000_000).saturating_sub(before_base_ns);
                    bytes[at..at + 8].copy_from_slice(&time_ns.to_le_bytes());
                }
                Slot::Text { at, index, pool } => {
                    let letters = self.letters(number, index, pool);
                    bytes[at..at + letters.len()].copy_from_slice(letters.as_bytes());
                }
            }
        }
        Body { signal: self.signal(number), bytes: bytes.into(), items: template.items }
    }

    fn letters(&self, number: u64, index: u32, pool: u64) -> String {
        let chosen = xxh3_64_with_seed(&tag(number, index), self.shape.seed) % pool;
        // Letters of one text say nothing of the next.
        format!("{:016x}", xxh3_64_with_seed(&chosen.to_be_bytes(), self.shape.seed))
    }

    /// Values in request `number` that no other request has: of the shop, its coupons.
    pub fn unique_texts(&self, number: u64) -> impl Iterator<Item = String> + '_ {
        self.template(number).slots.iter().filter_map(move |slot| match *slot {
            Slot::Text { index, pool: u64::MAX, .. } => Some(self.letters(number, index, u64::MAX)),
            _ => None,
        })
    }

    /// The first one's id; `None` of a request of another signal.
    #[must_use]
    pub fn first_trace(&self, number: u64) -> Option<u128> {
        self.template(number).spans.first().map(|span| self.trace_id(number, span.trace))
    }

    #[must_use]
    pub fn signal(&self, number: u64) -> Signal {
        match number % CYCLE {
            8 if self.shape.with_metrics => Signal::Metrics,
            9 if self.shape.with_logs => Signal::Logs,
            _ => Signal::Traces,
        }
    }

    /// What must be found of request `number`, whose newest item ends at `base_ms`; nothing of a request of another signal.
    #[must_use]
    pub fn keys(&self, number: u64, base_ms: u64, part: Part) -> Vec<ItemKey> {
        let template = self.template(number);
        let ids = |trace, index| ItemKey::Ids {
            trace_id: self.trace_id(number, trace),
            span_id: self.span_id(number, index),
        };
        match (part, self.signal(number)) {
            (Part::All(Signal::Traces) | Part::EntrySpans, Signal::Traces) => {
                let spans = (0..).zip(&template.spans);
                let wanted = spans.filter(|(_, span)| span.is_entry || part != Part::EntrySpans);
                wanted.map(|(index, span)| ids(span.trace, index)).collect()
            }
            (Part::All(Signal::Logs), Signal::Logs) => {
                (1..=template.items).map(|record| ids(record, record)).collect()
            }
            (Part::All(Signal::Metrics), Signal::Metrics) => {
                let points = 1..=u64::from(template.items);
                points.map(|point| ItemKey::TimeNs(base_ms * 1_000_000 - point)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// On average, over a whole round of templates.
    #[must_use]
    pub fn items_per_request(&self) -> f64 {
        let numbers = 0..CYCLE * TEMPLATES as u64;
        let items: f64 = numbers.clone().map(|number| f64::from(self.template(number).items)).sum();
        items / numbers.end as f64
    }

    fn template(&self, number: u64) -> &Template {
        let templates = match self.signal(number) {
            Signal::Traces => &self.traces,
            Signal::Metrics => &self.metrics,
            Signal::Logs => &self.logs,
        };
        // Requests of metrics come every tenth time: they, too, take every template in turn.
        let turn = if self.signal(number) == Signal::Traces { number } else { number / CYCLE };
        &templates[usize::try_from(turn).unwrap_or(0) % templates.len()]
    }

    fn trace_id(&self, number: u64, trace: u32) -> u128 {
        xxh3_128_with_seed(&tag(number, trace), self.shape.seed) | 1
    }

    fn span_id(&self, number: u64, span: u32) -> u64 {
        xxh3_64_with_seed(&tag(number, span), !self.shape.seed) | 1
    }
}

fn tag(number: u64, index: u32) -> [u8; 12] {
    let mut tag = [0; 12];
    tag[..8].copy_from_slice(&number.to_be_bytes());
    tag[8..].copy_from_slice(&index.to_be_bytes());
    tag
}

#[cfg(test)]
mod tests;
