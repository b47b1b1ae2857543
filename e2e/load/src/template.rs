//! One encoded request with the places where ids, times and changing texts go.

mod attribute;
mod cardinality;
mod drawing;
mod marks;
mod points;
mod production;
mod records;
mod shop;

use rand::rngs::StdRng;

use crate::corpus::{Kind, Signal};

pub(crate) use marks::Slot;

#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) bytes: Vec<u8>,
    pub(crate) slots: Vec<Slot>,
    /// Of a request of traces; empty for the others.
    pub(crate) spans: Vec<SpanShape>,
    /// Spans, data points or log records.
    pub(crate) items: u32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct SpanShape {
    pub(crate) trace: u32,
    pub(crate) is_entry: bool,
}

impl Template {
    /// `traces` per request of traces; requests of other signals have about as many items as those have spans.
    pub(crate) fn generate(rng: &mut StdRng, kind: Kind, signal: Signal, traces: usize) -> Self {
        match (signal, kind) {
            (Signal::Traces, Kind::Shop) => shop::traces(rng, traces),
            (Signal::Traces, Kind::Production) => production::traces(rng, traces),
            (Signal::Traces, Kind::HighCardinality) => cardinality::traces(rng, traces),
            (Signal::Metrics, kind) => points::metrics(rng, kind, traces),
            (Signal::Logs, kind) => records::logs(rng, kind, traces),
        }
    }
}
