//! Rows of one table out of one pack, whatever the signal.

use std::ops::Range;

use arrow::{
    array::{BooleanArray, RecordBatch},
    compute::filter_record_batch,
};
use naru_otlp::{
    admit::Rules,
    pack::PackedEntry,
    view::{Group, for_each_group},
};
use naru_signal::Signal;

use super::{
    logs::LogRows,
    points::{MetricRows, SentNewest},
    repeated::{Repeats, Undecodable},
    resource::Resources,
    spans::SpanRows,
};

/// Ids and order of times, as the gateway judged them; but not age: what it let through is stored, however late it is
/// replayed. Times beyond `i64` don't fit a column.
const RULES: Rules = Rules { oldest_ns: 0, newest_ns: i64::MAX as u64 };

pub(super) struct Rows {
    builder: Builder,
    resources: Resources,
    /// Rows of entries that turned out to be unreadable further on.
    taken_back: Vec<Range<u64>>,
}

enum Builder {
    Spans(Box<SpanRows>),
    Metrics(Box<MetricRows>),
    Logs(Box<LogRows>),
}

impl Rows {
    pub(super) fn new(signal: Signal) -> Self {
        let builder = match signal {
            Signal::Traces => Builder::Spans(Box::default()),
            Signal::Metrics => Builder::Metrics(Box::default()),
            Signal::Logs => Builder::Logs(Box::default()),
        };
        Self { builder, resources: Resources::default(), taken_back: Vec::new() }
    }

    pub(super) fn len(&self) -> u64 {
        match &self.builder {
            Builder::Spans(rows) => rows.len(),
            Builder::Metrics(rows) => rows.len(),
            Builder::Logs(rows) => rows.len(),
        }
    }

    /// Adds an entry's items. After an error some of its rows may be there, each of them whole: see [`Self::take_back`].
    pub(super) fn append(&mut self, entry: &PackedEntry) -> Result<(), Undecodable> {
        let mut repeats = Repeats::of(entry.bytes.len());
        let received_ms = i64::try_from(entry.received_ms).unwrap_or(i64::MAX);
        let mut last: Option<(Group<'_>, usize)> = None;
        let sent = match &self.builder {
            Builder::Metrics(_) => SentNewest::of(&entry.bytes)?,
            Builder::Spans(_) | Builder::Logs(_) => SentNewest::default(),
        };
        for_each_group(&entry.bytes, |group| {
            // Looked up once for all its scope groups: a large resource with thousands of them would be hashed as often.
            let index = match last {
                Some((held, index)) if group.shares_resource_with(&held) => index,
                _ => self.resources.index_of(group.resource)?,
            };
            last = Some((group, index));
            let resource = self.resources.get(index);
            for item in group.items() {
                let item = item?;
                match &mut self.builder {
                    Builder::Spans(rows) => {
                        repeats.take(resource.repeated_bytes + group.scope.name.len())?;
                        rows.append(item, &group.scope, resource, received_ms, &RULES)?;
                    }
                    Builder::Metrics(rows) => {
                        rows.append(item, (&group, &sent), resource, received_ms, (&RULES, &mut repeats))?;
                    }
                    Builder::Logs(rows) => {
                        repeats.take(resource.repeated_bytes)?;
                        rows.append(item, resource, received_ms, &RULES)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// Rows from `from` on are not wanted after all.
    pub(super) fn take_back(&mut self, from: u64) {
        if from < self.len() {
            self.taken_back.push(from..self.len());
        }
    }

    /// `None` when nothing is left.
    pub(super) fn finish(self) -> Option<RecordBatch> {
        let resources = self.resources.into_values();
        let rows = match self.builder {
            Builder::Spans(rows) => rows.finish(resources),
            Builder::Metrics(rows) => rows.finish(resources),
            Builder::Logs(rows) => rows.finish(resources),
        };
        let rows = if self.taken_back.is_empty() {
            rows
        } else {
            // The ranges ascend, so one look at each row and each range is enough.
            let mut ranges = self.taken_back.iter().peekable();
            let wanted: Vec<bool> = (0..rows.num_rows() as u64)
                .map(|row| {
                    while ranges.next_if(|range| range.end <= row).is_some() {}
                    !ranges.peek().is_some_and(|range| range.contains(&row))
                })
                .collect();
            filter_record_batch(&rows, &BooleanArray::from(wanted)).expect("the filter has one entry per row")
        };
        (rows.num_rows() > 0).then_some(rows)
    }
}
