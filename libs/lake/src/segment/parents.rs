//! Parents as places. A span's parent is nearly always in the same segment, so eight random bytes need not be stored a
//! second time: column `parent` says which of its trace's span ids it is, counted in their rising order. Only ids that are
//! not there are spelled out in `parent_span_id`. One of the two is null, or both.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, FixedSizeBinaryArray, FixedSizeBinaryBuilder, RecordBatch, UInt32Array,
        UInt32Builder,
    },
    datatypes::{DataType, Field, Schema, SchemaRef, UInt32Type},
    error::ArrowError,
};

use super::TRACE_NUMBER;

/// The stored column with a parent's place.
pub const PARENT: &str = "parent";
/// The logical column, and the stored one of those that have no place.
pub(super) const PARENT_SPAN_ID: &str = "parent_span_id";
pub(super) const SPAN_ID: &str = "span_id";
const SPAN_ID_BYTES: i32 = 8;

/// Traces and ids of spans, in any order.
#[derive(Debug, Default)]
pub struct Spans {
    traces: Vec<u32>,
    ids: Vec<u64>,
}

impl Spans {
    /// Adds rows that have a trace's number and a span's id.
    pub fn add(&mut self, rows: &RecordBatch) {
        let (Some(traces), Some(ids)) = (rows.column_by_name(TRACE_NUMBER), rows.column_by_name(SPAN_ID))
        else {
            return;
        };
        let (traces, ids) = (traces.as_primitive::<UInt32Type>(), ids.as_fixed_size_binary());
        for row in (0..rows.num_rows()).filter(|&row| traces.is_valid(row) && ids.is_valid(row)) {
            self.traces.push(traces.value(row));
            self.ids.push(number_of(ids.value(row)));
        }
    }

    /// Adds spans whose traces have other numbers now.
    pub(super) fn add_renumbered(&mut self, spans: Self, numbers: &[u32]) {
        // A number beyond the table is damage, which whoever reads the row reports.
        let new = |old: u32| numbers.get(old as usize).copied().unwrap_or(u32::MAX);
        self.traces.extend(spans.traces.into_iter().map(new));
        self.ids.extend(spans.ids);
    }

    /// By trace.
    #[must_use]
    pub fn by_trace(self) -> SpanIds {
        let mut spans: Vec<(u32, u64)> = self.traces.into_iter().zip(self.ids).collect();
        spans.sort_unstable();
        let mut by_trace = SpanIds::default();
        for of_one in spans.chunk_by(|a, b| a.0 == b.0) {
            by_trace.traces.push(of_one[0].0);
            by_trace.ends.push((by_trace.ids.len() + of_one.len()) as u32);
            by_trace.ids.extend(of_one.iter().map(|(_, id)| id));
        }
        by_trace
    }
}

/// Span ids of every trace of a segment, or all those of some of its traces.
#[derive(Debug, Default)]
pub struct SpanIds {
    /// Rising.
    traces: Vec<u32>,
    /// Beside `traces`: where its ids end.
    ends: Vec<u32>,
    /// Rising within each trace.
    ids: Vec<u64>,
}

impl SpanIds {
    /// Bytes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        self.traces.len() * 8 + self.ids.len() * 8
    }

    fn of(&self, trace: u32) -> &[u64] {
        let Ok(at) = self.traces.binary_search(&trace) else { return &[] };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.ids[start as usize..self.ends[at] as usize]
    }

    /// Parents' ids from their places; `spelled` are those without one.
    ///
    /// # Errors
    /// When a place is beyond its trace: the segment is damaged, or these are not all spans of the trace.
    pub fn parents(
        &self,
        traces: &UInt32Array,
        places: &UInt32Array,
        spelled: &FixedSizeBinaryArray,
    ) -> Result<FixedSizeBinaryArray, ArrowError> {
        let mut parents = FixedSizeBinaryBuilder::with_capacity(places.len(), SPAN_ID_BYTES);
        for row in 0..places.len() {
            if places.is_valid(row) {
                let (trace, place) = (traces.value(row), places.value(row));
                let id = self.of(trace).get(place as usize).ok_or_else(|| {
                    ArrowError::ParseError(format!(
                        "a parent is span {place} of trace {trace}, which has fewer"
                    ))
                })?;
                parents.append_value(id.to_be_bytes())?;
            } else if spelled.is_valid(row) {
                parents.append_value(spelled.value(row))?;
            } else {
                parents.append_null();
            }
        }
        Ok(parents.finish())
    }

    /// Rows as they are stored: places instead of the parents that have one. Rows of other tables stay as they are.
    pub(super) fn shorten(&self, rows: RecordBatch) -> Result<RecordBatch, ArrowError> {
        let (Ok(at), Some(traces)) =
            (rows.schema().index_of(PARENT_SPAN_ID), rows.column_by_name(TRACE_NUMBER))
        else {
            return Ok(rows);
        };
        let (traces, parents) = (traces.as_primitive::<UInt32Type>(), rows.column(at).as_fixed_size_binary());
        let mut places = UInt32Builder::with_capacity(rows.num_rows());
        let mut spelled = FixedSizeBinaryBuilder::new(SPAN_ID_BYTES);
        for row in 0..rows.num_rows() {
            let parent = parents.is_valid(row).then(|| parents.value(row));
            let place = parent.and_then(|parent| self.place(traces.value(row), number_of(parent)));
            places.append_option(place);
            match parent.filter(|_| place.is_none()) {
                Some(parent) => spelled.append_value(parent)?,
                None => spelled.append_null(),
            }
        }
        let mut columns = rows.columns().to_vec();
        columns[at] = Arc::new(spelled.finish());
        columns.insert(at + 1, Arc::new(places.finish()) as ArrayRef);
        RecordBatch::try_new(with_places(&rows.schema()), columns)
    }

    fn place(&self, trace: u32, id: u64) -> Option<u32> {
        self.of(trace).binary_search(&id).ok().map(|place| place as u32)
    }
}

/// A schema with places beside the parents that it has.
pub(super) fn with_places(schema: &SchemaRef) -> SchemaRef {
    let Ok(at) = schema.index_of(PARENT_SPAN_ID) else { return Arc::clone(schema) };
    let mut fields = schema.fields().to_vec();
    fields.insert(at + 1, Arc::new(Field::new(PARENT, DataType::UInt32, true)));
    Arc::new(Schema::new(fields))
}

fn number_of(id: &[u8]) -> u64 {
    u64::from_be_bytes(id.try_into().expect("span ids have 8 bytes"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(spans: &[(u32, u64, Option<u64>)]) -> RecordBatch {
        let ids = |ids: Vec<Option<u64>>| -> ArrayRef {
            let ids = ids.into_iter().map(|id| id.map(u64::to_be_bytes));
            Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(ids, SPAN_ID_BYTES).unwrap())
        };
        let traces: ArrayRef = Arc::new(UInt32Array::from_iter_values(spans.iter().map(|span| span.0)));
        let own = ids(spans.iter().map(|span| Some(span.1)).collect());
        let parents = ids(spans.iter().map(|span| span.2).collect());
        RecordBatch::try_from_iter_with_nullable([
            (TRACE_NUMBER, traces, false),
            (SPAN_ID, own, false),
            (PARENT_SPAN_ID, parents, true),
        ])
        .unwrap()
    }

    fn by_trace(rows: &RecordBatch) -> SpanIds {
        let mut spans = Spans::default();
        spans.add(rows);
        spans.by_trace()
    }

    fn restored(stored: &RecordBatch, ids: &SpanIds) -> Result<FixedSizeBinaryArray, ArrowError> {
        ids.parents(
            stored[TRACE_NUMBER].as_primitive(),
            stored[PARENT].as_primitive(),
            stored[PARENT_SPAN_ID].as_fixed_size_binary(),
        )
    }

    proptest! {
        #[test]
        fn every_parent_comes_back_whether_its_span_is_here_or_not(
            spans in proptest::collection::vec((0_u32..9, 0_u64..30, proptest::option::of(0_u64..40)), 0..200),
        ) {
            let rows = rows(&spans);
            let ids = by_trace(&rows);
            let stored = ids.shorten(rows.clone()).unwrap();
            prop_assert_eq!(&restored(&stored, &ids).unwrap(), rows[PARENT_SPAN_ID].as_fixed_size_binary());
            for (row, (trace, _, parent)) in spans.iter().enumerate() {
                let is_here = parent.is_some_and(|parent| spans.iter().any(|span| (span.0, span.1) == (*trace, parent)));
                prop_assert_eq!(stored[PARENT].is_valid(row), is_here);
                prop_assert_eq!(stored[PARENT_SPAN_ID].is_valid(row), parent.is_some() && !is_here);
            }
        }
    }

    #[test]
    fn a_place_that_its_trace_does_not_have_is_an_error() {
        let all = rows(&[(0, 1, None), (0, 2, Some(1)), (0, 3, Some(2))]);
        let stored = by_trace(&all).shorten(all.clone()).unwrap();
        assert!(restored(&stored, &by_trace(&all.slice(0, 1))).is_err());
    }
}
