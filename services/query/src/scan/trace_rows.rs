//! One trace's rows, around DataFusion: its plans cost more than reading them does.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, BinaryArray, BooleanArray, Int64Array, RecordBatch},
    compute::{and, filter_record_batch, kernels::cmp},
    datatypes::{Int64Type, SchemaRef},
    error::ArrowError,
};
use datafusion::error::DataFusionError;
use naru_lake::schema;

use super::{
    Lake, ScanError, Snapshot,
    fold::ROWS_MAX,
    table::{tail_batch, wanted_schema},
};
use crate::parse::{TimeRange, TraceId};

impl Lake {
    /// Shows each row of the trace that the snapshot was taken for, as a scan would, in no particular order; of those
    /// that are not within `range`, none.
    pub(crate) async fn each_of_trace(
        &self,
        snapshot: &Snapshot,
        trace: TraceId,
        range: Option<TimeRange>,
        mut each: impl FnMut(&RecordBatch) -> Result<(), ScanError>,
    ) -> Result<(), ScanError> {
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
        for batch in &snapshot.tail {
            let of_trace = tail_batch(batch, &schema).and_then(|batch| Ok(of_trace(&batch, trace)?))?;
            show(of_trace)?;
        }
        for chosen in &snapshot.segments {
            let segment = &chosen.row;
            let may_hold = |range: TimeRange| {
                segment.max_start_ns >= range.from_ns && segment.min_start_ns < range.to_ns
            };
            let number = chosen.traces.as_ref().and_then(|table| table.number(trace.bytes()));
            let Some(number) = number.filter(|_| range.is_none_or(may_hold)) else {
                continue;
            };
            let key = snapshot.key.as_ref().ok_or(ScanError::NoKey)?;
            let mut stored = self.readers.rows_of_trace(segment, key, &schema, number).await?;
            while let Some(batch) =
                stored.next().await.map_err(|error| ScanError::segment(Arc::new(error)))?
            {
                show(named(&batch, &schema, trace).map_err(DataFusionError::from)?)?;
            }
        }
        metrics::counter!("query_scanned_rows_total").increment(rows);
        Ok(())
    }
}

/// The rows of a batch of the tail that are of this trace.
fn of_trace(batch: &RecordBatch, trace: TraceId) -> Result<RecordBatch, ArrowError> {
    let traces = batch.column_by_name("trace_id").and_then(|column| column.as_binary_opt::<i32>());
    let keep: BooleanArray = match traces {
        Some(traces) => traces.iter().map(|id| Some(id == Some(trace.bytes().as_slice()))).collect(),
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

/// Stored rows, all of this trace, with its id where they have its number.
fn named(batch: &RecordBatch, schema: &SchemaRef, trace: TraceId) -> Result<RecordBatch, ArrowError> {
    let id: ArrayRef = Arc::new(BinaryArray::from_iter_values((0..batch.num_rows()).map(|_| trace.bytes())));
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| match field.name().as_str() {
        "trace_id" => Arc::clone(&id),
        _ => Arc::clone(column),
    });
    RecordBatch::try_new(Arc::clone(schema), columns.collect())
}
