//! One read of one table: what a snapshot is taken for.

use naru_signal::Signal;

use crate::parse::{TimeRange, TraceId};

/// Rows of one signal, with the columns that output and filters need.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) signal: Signal,
    pub(crate) range: TimeRange,
    /// Names of the lake's table; each once.
    pub(crate) columns: Vec<&'static str>,
    pub(crate) reach: Reach,
    /// Only this trace's rows are wanted; the writer's tail is asked for them alone.
    pub(crate) trace: Option<TraceId>,
}

/// How many of the rows in range a filter keeps: decides whether it runs inside the Parquet decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Few rows, as one trace or the latest errors: filter while decoding, skip pages, ask bloom filters.
    Needle,
    /// Most rows, as every entry span: filtering while decoding would only cost.
    Wide,
}

impl Ask {
    #[must_use]
    pub(crate) fn wide(signal: Signal, range: TimeRange, columns: &[&'static str]) -> Self {
        Self { signal, range, columns: columns.to_vec(), reach: Reach::Wide, trace: None }
    }

    #[must_use]
    pub(crate) fn needle(signal: Signal, range: TimeRange, columns: &[&'static str]) -> Self {
        Self { reach: Reach::Needle, ..Self::wide(signal, range, columns) }
    }

    #[must_use]
    pub(crate) fn of_trace(self, trace: TraceId) -> Self {
        Self { trace: Some(trace), ..self }
    }

    /// The columns of the signal's table in the table's own order, without naming each.
    #[must_use]
    pub(crate) fn all_columns(signal: Signal, range: TimeRange) -> Self {
        Self { columns: Vec::new(), ..Self::needle(signal, range, &[]) }
    }
}
