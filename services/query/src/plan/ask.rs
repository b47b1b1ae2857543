//! One read of one table: what a snapshot is taken for.

use naru_signal::Signal;

use crate::parse::{AttributeIs, TimeRange, TraceId};

/// Rows of one signal, with the columns that output and filters need.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) signal: Signal,
    pub(crate) range: TimeRange,
    /// Names of the lake's table; each once.
    pub(crate) columns: Vec<&'static str>,
    pub(crate) reach: Reach,
    pub(crate) traces: Traces,
    /// Of the traces, rows of other services (rising) need not be answered. Empty: rows of all.
    pub(crate) services: Vec<String>,
    /// Rows must have all of them. A filter says it again: this leaves out only what cannot hold any such row.
    pub(crate) attributes: Vec<AttributeIs>,
}

/// Rows of which traces are wanted. A filter says it again, for the rows of the tail.
#[derive(Debug, Clone)]
pub(crate) enum Traces {
    Any,
    /// Any, and their ids are part of the rows.
    Shown,
    /// These, whatever the times of their rows; the range only says where to look.
    Of(Vec<TraceId>),
}

impl Traces {
    /// `None` = any.
    #[must_use]
    pub(crate) fn ids(&self) -> Option<&[TraceId]> {
        match self {
            Self::Any | Self::Shown => None,
            Self::Of(traces) => Some(traces),
        }
    }
}

/// How many of the rows in range a filter keeps: decides whether it runs inside the Parquet decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Few rows, as one trace or the latest errors: filter while decoding, skip pages.
    Needle,
    /// Most rows, as every entry span: filtering while decoding would only cost.
    Wide,
}

impl Ask {
    #[must_use]
    pub(crate) fn wide(signal: Signal, range: TimeRange, columns: &[&'static str]) -> Self {
        Self {
            signal,
            range,
            columns: columns.to_vec(),
            reach: Reach::Wide,
            traces: Traces::Any,
            services: Vec::new(),
            attributes: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn needle(signal: Signal, range: TimeRange, columns: &[&'static str]) -> Self {
        Self { reach: Reach::Needle, ..Self::wide(signal, range, columns) }
    }

    #[must_use]
    pub(crate) fn of_trace(self, trace: TraceId) -> Self {
        self.of_traces(vec![trace])
    }

    #[must_use]
    pub(crate) fn of_traces(self, traces: Vec<TraceId>) -> Self {
        Self { traces: Traces::Of(traces), ..self }
    }

    /// Only what these services did in the traces.
    #[must_use]
    pub(crate) fn in_services(self, services: Vec<String>) -> Self {
        Self { services, ..self }
    }

    /// With ids of traces in the rows, which otherwise come after a scan, for the few that are shown.
    #[must_use]
    pub(crate) fn with_trace_ids(self) -> Self {
        Self { traces: Traces::Shown, ..self }
    }

    /// With the columns that attributes are in, when there are any to look for.
    #[must_use]
    pub(crate) fn with_attributes(mut self, attributes: &[AttributeIs]) -> Self {
        let missing = ["attributes", "resource"].into_iter().filter(|column| !self.columns.contains(column));
        if !attributes.is_empty() {
            let missing: Vec<_> = missing.collect();
            self.columns.extend(missing);
        }
        self.attributes = attributes.to_vec();
        self
    }

    #[must_use]
    pub(crate) fn wants_parents(&self) -> bool {
        self.signal == Signal::Traces && (self.columns.is_empty() || self.columns.contains(&"parent_span_id"))
    }
}
