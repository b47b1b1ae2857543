//! Rows of a trace, or some: read from the pages that may hold them, without a look at the others.
//!
//! Numbers of traces rise with the time at which they began, and rows of one service lie in the order of time, so the page
//! index leaves one or two pages per service. In these the trace's rows are looked up, and only of those rows other
//! columns are decoded; columns that hold nothing are not opened at all.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, UInt32Array, new_null_array},
    buffer::BooleanBuffer,
    compute::kernels::cmp,
    datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, UInt32Type},
    error::ArrowError,
};
use futures::TryStreamExt;
use parquet::arrow::{
    ParquetRecordBatchStreamBuilder, ProjectionMask,
    arrow_reader::{ArrowPredicateFn, RowFilter, RowSelection, RowSelectionPolicy, RowSelector},
    async_reader::ParquetRecordBatchStream,
};

use super::{
    ExtentReader, Footer, TRACE_NUMBER,
    footer::is_empty,
    logical::{in_table, is_read_for},
    parents::{PARENT_SPAN_ID, SPAN_ID, SpanIds, Spans},
    write::numbered,
};
use crate::Error;

/// Decoded at a time.
const READ_ROWS: usize = 1_024;

/// Rows of some traces in one segment, a batch at a time.
#[expect(missing_debug_implementations, reason = "a stream of rows shows nothing")]
pub struct TraceRows {
    extent: ExtentReader,
    footer: Footer,
    numbers: Arc<[u32]>,
    /// Rows of every service are answered.
    is_whole: bool,
    /// `None` when no page may hold any.
    stored: Option<ParquetRecordBatchStream<ExtentReader>>,
    wanted: SchemaRef,
    /// Columns without a value in what is read.
    empty: Vec<FieldRef>,
    /// Of these traces, as soon as a parent has been asked for by its place.
    span_ids: Option<SpanIds>,
    /// Read, not yet answered.
    ahead: Option<RecordBatch>,
}

impl ExtentReader {
    /// Rows of the traces with these numbers (rising), in the segment's order, with the table's columns that are `wanted`.
    /// In the place of `trace_id` is the number. Where `services` (rising) are named, rows of others may be missing.
    pub fn rows_of_traces(
        &self,
        footer: &Footer,
        wanted: &Schema,
        numbers: Vec<u32>,
        services: &[String],
    ) -> Result<TraceRows, Error> {
        let parquet = footer.file().parquet_schema();
        let trace = parquet.columns().iter().position(|column| column.name() == TRACE_NUMBER);
        let places = match trace {
            Some(_) => Places::of(footer, &numbers, services),
            None => Places::default(),
        };
        let Places { row_groups, rows, passes_over } = places;
        let wanted = numbered(wanted);
        let (read, empty) = columns(footer, &wanted, &row_groups);
        let mut found = TraceRows {
            extent: self.clone(),
            footer: footer.clone(),
            numbers: numbers.into(),
            is_whole: !passes_over,
            stored: None,
            wanted,
            empty,
            span_ids: None,
            ahead: None,
        };
        if row_groups.is_empty() {
            return Ok(found);
        }
        let numbers = Arc::clone(&found.numbers);
        let is_one = ArrowPredicateFn::new(ProjectionMask::leaves(parquet, trace), move |batch| {
            is_among(batch.column(0), &numbers)
        });
        let stored = ParquetRecordBatchStreamBuilder::new_with_metadata(self.clone(), footer.file().clone())
            .with_batch_size(READ_ROWS.min(footer.batch_rows(&row_groups, |leaf| read.contains(&leaf))))
            .with_row_groups(row_groups)
            .with_row_selection(rows)
            // They are few and far between.
            .with_row_selection_policy(RowSelectionPolicy::Selectors)
            .with_projection(ProjectionMask::leaves(parquet, read))
            .with_row_filter(RowFilter::new(vec![Box::new(is_one)]))
            .build();
        found.stored = Some(stored.map_err(|source| self.undecodable(source))?);
        Ok(found)
    }

    /// The span ids of the traces with these numbers (rising).
    pub async fn span_ids_of(&self, footer: &Footer, numbers: Vec<u32>) -> Result<SpanIds, Error> {
        let fields = [("trace_id", DataType::FixedSizeBinary(16)), (SPAN_ID, DataType::FixedSizeBinary(8))];
        let fields = fields.map(|(name, data_type)| Field::new(name, data_type, false));
        let mut rows = self.rows_of_traces(footer, &Schema::new(fields.to_vec()), numbers, &[])?;
        let mut spans = Spans::default();
        while let Some(batch) = rows.next_stored().await? {
            spans.add(&batch);
        }
        Ok(spans.by_trace())
    }
}

impl TraceRows {
    /// `None` after the last.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let Some(rows) = self.next_stored().await? else { return Ok(None) };
        if self.span_ids.is_none() && self.footer.has_places() && self.wanted.index_of(PARENT_SPAN_ID).is_ok()
        {
            self.span_ids = Some(self.look_up(&rows).await?);
        }
        let shapes = self.footer.shapes().map(AsRef::as_ref);
        let whole = with_empty(&rows, &self.empty)
            .and_then(|rows| in_table(&rows, &self.wanted, shapes, self.span_ids.as_ref()));
        whole.map(Some).map_err(|error| self.extent.undecodable(error.into()))
    }

    async fn next_stored(&mut self) -> Result<Option<RecordBatch>, Error> {
        if let Some(rows) = self.ahead.take() {
            return Ok(Some(rows));
        }
        let Some(stored) = &mut self.stored else { return Ok(None) };
        stored.try_next().await.map_err(|source| self.extent.undecodable(source))
    }

    /// The span ids of the traces: nearly always, the first batch has all their rows that are answered.
    async fn look_up(&mut self, first: &RecordBatch) -> Result<SpanIds, Error> {
        if self.is_whole {
            self.ahead = self.next_stored().await?;
        }
        if self.ahead.is_some() || !self.is_whole {
            return Box::pin(self.extent.span_ids_of(&self.footer, self.numbers.to_vec())).await;
        }
        let mut spans = Spans::default();
        spans.add(first);
        Ok(spans.by_trace())
    }
}

fn is_among(traces: &ArrayRef, numbers: &[u32]) -> Result<BooleanArray, ArrowError> {
    let (first, last) = match numbers {
        [number] => return cmp::eq(traces, &UInt32Array::new_scalar(*number)),
        [first, .., last] => (*first, *last),
        [] => return Ok(BooleanArray::from(vec![false; traces.len()])),
    };
    let traces = traces.as_primitive::<UInt32Type>();
    let is_among = |row| {
        let number = traces.values()[row];
        // Most are out of the range.
        (first..=last).contains(&number) && numbers.binary_search(&number).is_ok()
    };
    Ok(BooleanArray::new(BooleanBuffer::collect_bool(traces.len(), is_among), traces.nulls().cloned()))
}

/// Where rows of some traces may be.
#[derive(Default)]
struct Places {
    row_groups: Vec<usize>,
    /// Of these row groups, one after the other.
    rows: RowSelection,
    /// Rows of the traces were left out, as no wanted service has them.
    passes_over: bool,
}

impl Places {
    fn of(footer: &Footer, numbers: &[u32], services: &[String]) -> Self {
        let (mut places, mut rows) = (Self::default(), Vec::<RowSelector>::new());
        for group in 0..footer.metadata().num_row_groups() {
            let of_traces = footer.trace_candidates(group, numbers);
            let candidates = footer.service_candidates(group, services, &of_traces);
            places.passes_over |= candidates != of_traces;
            if !candidates.is_empty() {
                let count =
                    usize::try_from(footer.metadata().row_group(group).num_rows()).unwrap_or_default();
                rows.extend(Vec::from(RowSelection::from_consecutive_ranges(candidates.into_iter(), count)));
                places.row_groups.push(group);
            }
        }
        places.rows = rows.into();
        places
    }
}

/// Columns that the wanted ones follow from: those to read, and those that are null in all these row groups.
fn columns(footer: &Footer, wanted: &SchemaRef, row_groups: &[usize]) -> (Vec<usize>, Vec<FieldRef>) {
    let shapes = footer.shapes().map(AsRef::as_ref);
    let (mut read, mut empty) = (Vec::new(), Vec::new());
    for (at, field) in footer.file().schema().fields().iter().enumerate() {
        if !is_read_for(wanted, shapes, field.name()) {
            continue;
        }
        let is_empty = row_groups.iter().all(|&group| is_empty(footer.metadata().row_group(group), at));
        match is_empty {
            true => empty.push(Arc::clone(field)),
            false => read.push(at),
        }
    }
    (read, empty)
}

fn with_empty(rows: &RecordBatch, empty: &[FieldRef]) -> Result<RecordBatch, ArrowError> {
    let fields = rows.schema().fields().iter().chain(empty).cloned().collect::<Vec<_>>();
    let nulls = empty.iter().map(|field| new_null_array(field.data_type(), rows.num_rows()));
    let columns: Vec<ArrayRef> = rows.columns().iter().cloned().chain(nulls).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}
