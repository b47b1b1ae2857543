//! Rows of one trace or of some, around DataFusion: its plans cost more than reading them does, and know no places.

use std::{collections::HashSet, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch},
    compute::{and, cast, filter_record_batch, kernels::cmp},
    datatypes::{Int64Type, SchemaRef, UInt32Type},
    error::ArrowError,
};
use datafusion::error::DataFusionError;
use naru_lake::{
    schema,
    segment::{self, traces::TraceTable},
};

use super::{
    Lake, ScanError, Snapshot,
    fold::ROWS_MAX,
    table::{tail_batch, wanted_schema},
};
use crate::parse::TimeRange;

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
            if numbers.is_empty() {
                continue;
            }
            let key = snapshot.key.as_ref().ok_or(ScanError::NoKey)?;
            let services = &snapshot.ask.services;
            let mut stored = self.readers.rows_of_traces(segment, key, &schema, numbers, services).await?;
            while let Some(batch) =
                stored.next().await.map_err(|error| ScanError::segment(Arc::new(error)))?
            {
                show(named(&batch, &schema, table).map_err(DataFusionError::from)?)?;
            }
        }
        metrics::counter!("query_scanned_rows_total").increment(rows);
        Ok(())
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
