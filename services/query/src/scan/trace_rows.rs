//! Rows of one trace or of some, around DataFusion: its plans cost more than reading them does, and know no places.

use std::{collections::HashSet, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch},
    compute::{and, cast, filter_record_batch, kernels::cmp},
    datatypes::{Int64Type, SchemaRef, UInt32Type},
    error::ArrowError,
};
use datafusion::error::DataFusionError;
use futures::{StreamExt, TryFutureExt, TryStreamExt, stream, stream::BoxStream};
use naru_lake::{
    catalog::SegmentRow,
    schema,
    seal::TenantKey,
    segment::{self, traces::TraceTable},
};
use tokio::runtime::Handle;

use super::{
    Lake, PARTS_AT_ONCE, ScanError, Snapshot,
    batches::Batches,
    fold::ROWS_MAX,
    reader::ExtentReaders,
    table::{tail_batch, wanted_schema},
};
use crate::parse::{TimeRange, TraceId};

/// A question of more traces is one that can wait.
const LONG_PAGE_TRACES: usize = 200;

/// More traces than these of a segment are read in parts. Numbers rise with time, and so do rows: parts share few pages.
const TRACES_AT_HAND: usize = 16;

impl Lake {
    /// Shows each row of the traces, and services, that the snapshot was taken for, in no particular order; of those that
    /// are not within `range`, none.
    pub(crate) async fn each_of_traces(
        &self,
        snapshot: &Snapshot,
        range: Option<TimeRange>,
        mut each: impl FnMut(&RecordBatch) -> Result<(), ScanError>,
    ) -> Result<(), ScanError> {
        let Some(traces) = snapshot.ask.traces.ids() else { return Ok(()) };
        let schema = wanted_schema(snapshot).map_err(ScanError::from)?;
        let time_column = schema::time_column(snapshot.ask.signal);
        let mut rows = 0;
        let mut show = |batch: RecordBatch| {
            let batch = range.map_or(Ok(batch.clone()), |range| within(&batch, time_column, range));
            let batch = batch.map_err(DataFusionError::from)?;
            rows += batch.num_rows() as u64;
            match rows > ROWS_MAX {
                true => Err(ScanError::TooManyRows { rows_max: ROWS_MAX }),
                false => each(&batch),
            }
        };
        let wanted: HashSet<&[u8]> = traces.iter().map(|trace| trace.bytes().as_slice()).collect();
        for batch in &snapshot.tail {
            let of_them = tail_batch(batch, &schema).and_then(|batch| Ok(of_traces(&batch, &wanted)?))?;
            show(of_them)?;
        }
        let mut stored = self.stored_of_traces(snapshot, traces, range, &schema)?;
        while let Some(batch) = stored.try_next().await? {
            show(batch)?;
        }
        metrics::counter!("query_scanned_rows_total").increment(rows);
        Ok(())
    }

    /// Rows of segments. Those of many traces are read in parts.
    fn stored_of_traces(
        &self,
        snapshot: &Snapshot,
        traces: &[TraceId],
        range: Option<TimeRange>,
        schema: &SchemaRef,
    ) -> Result<BoxStream<'static, Result<RecordBatch, ScanError>>, ScanError> {
        let mut parts = Vec::new();
        for chosen in &snapshot.segments {
            let segment = &chosen.row;
            let may_hold = |range: TimeRange| {
                segment.max_start_ns >= range.from_ns && segment.min_start_ns < range.to_ns
            };
            let Some(table) = chosen.traces.as_ref().filter(|_| range.is_none_or(may_hold)) else { continue };
            let mut numbers: Vec<u32> =
                traces.iter().filter_map(|trace| table.number(trace.bytes())).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let apart = if numbers.len() > TRACES_AT_HAND {
                numbers.len().div_ceil(PARTS_AT_ONCE)
            } else {
                TRACES_AT_HAND
            };
            for numbers in numbers.chunks(apart) {
                parts.push(Part {
                    readers: Arc::clone(&self.readers),
                    segment: Arc::clone(segment),
                    key: snapshot.key.clone().ok_or(ScanError::NoKey)?,
                    table: Arc::clone(table),
                    numbers: numbers.to_vec(),
                    services: snapshot.ask.services.clone(),
                    schema: Arc::clone(schema),
                });
            }
        }
        if parts.len() == 1 {
            return Ok(stream::iter(parts.pop()).flat_map(Part::rows).boxed());
        }
        // A long page waits rather than keep all threads from everybody else.
        let traces: usize = parts.iter().map(|part| part.numbers.len()).sum();
        let threads =
            if traces > LONG_PAGE_TRACES { naru_runtime::patient().clone() } else { Handle::current() };
        let apart = move |part: Part| Batches::of(&threads, async { Ok(part.rows()) }).into_stream().boxed();
        Ok(stream::iter(parts).map(apart).flatten_unordered(PARTS_AT_ONCE).boxed())
    }
}

/// Rows of some traces in one segment.
struct Part {
    readers: Arc<ExtentReaders>,
    segment: Arc<SegmentRow>,
    key: TenantKey,
    table: Arc<TraceTable>,
    /// Rising.
    numbers: Vec<u32>,
    services: Vec<String>,
    schema: SchemaRef,
}

impl Part {
    fn rows(self) -> BoxStream<'static, Result<RecordBatch, ScanError>> {
        let rows = async move {
            let Self { readers, segment, key, table, numbers, services, schema } = self;
            let stored = readers.rows_of_traces(&segment, &key, &schema, numbers, &services).await?;
            Ok(stream::try_unfold(stored, move |mut stored| {
                let (schema, table) = (Arc::clone(&schema), Arc::clone(&table));
                async move {
                    let failed = |error| ScanError::segment(Arc::new(error));
                    let Some(batch) = stored.next().await.map_err(failed)? else { return Ok(None) };
                    let batch = named(&batch, &schema, &table).map_err(DataFusionError::from)?;
                    Ok(Some((batch, stored)))
                }
            }))
        };
        rows.try_flatten_stream().boxed()
    }
}

/// The rows of a batch of the tail that are of these traces.
fn of_traces(batch: &RecordBatch, wanted: &HashSet<&[u8]>) -> Result<RecordBatch, ArrowError> {
    let traces = batch.column_by_name("trace_id").and_then(|column| column.as_binary_opt::<i32>());
    let keep: BooleanArray = match traces {
        Some(traces) => traces.iter().map(|id| Some(id.is_some_and(|id| wanted.contains(id)))).collect(),
        None => return Err(ArrowError::SchemaError("rows of a trace without its column".to_owned())),
    };
    filter_record_batch(batch, &keep)
}

fn within(batch: &RecordBatch, time_column: &str, range: TimeRange) -> Result<RecordBatch, ArrowError> {
    let times = batch.column_by_name(time_column).and_then(|times| times.as_primitive_opt::<Int64Type>());
    let times = times.ok_or_else(|| ArrowError::SchemaError(format!("rows without {time_column}")))?;
    let after = cmp::gt_eq(times, &Int64Array::new_scalar(range.from_ns))?;
    let before = cmp::lt(times, &Int64Array::new_scalar(range.to_ns))?;
    filter_record_batch(batch, &and(&after, &before)?)
}

/// Stored rows, with their traces' ids where they have numbers.
fn named(batch: &RecordBatch, schema: &SchemaRef, table: &TraceTable) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns: Result<Vec<ArrayRef>, ArrowError> = columns
        .map(|(column, field)| match column.as_primitive_opt::<UInt32Type>() {
            Some(numbers) if field.name() == "trace_id" => {
                Ok(Arc::new(cast(&segment::trace_ids(numbers, Some(table))?, field.data_type())?) as ArrayRef)
            }
            _ => Ok(Arc::clone(column)),
        })
        .collect();
    RecordBatch::try_new(Arc::clone(schema), columns?)
}
