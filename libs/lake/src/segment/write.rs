//! Rows to a segment: sorted so that what is read together lies together.

use std::sync::Arc;

use arrow::{
    array::{AsArray, RecordBatch, UInt32Array},
    compute::{interleave_record_batch, max, min, take},
    datatypes::{DataType, Field, FieldRef, Int64Type, Schema, SchemaRef},
};
use bytes::Bytes;
use naru_ids::SegmentId;
use naru_signal::Table;
use parquet::arrow::ArrowWriter;

use super::{
    Section,
    encode::{Effort, options},
    layout::{Layout, Version},
    order::{self, Sorted},
    traces::Traces,
};
use crate::{Error, schema};

/// The column that holds the number of a row's trace; the ids lie in [`Section::TraceTable`].
pub const TRACE_NUMBER: &str = "trace";
/// Rows put together at a time.
const WRITE_ROWS: usize = 16_384;
/// The Parquet file says here which segment it is of.
pub const SEGMENT_KEY: &str = "naru.segment";

/// One segment's bytes, in pieces, and what the catalog says of it.
#[derive(Debug, Clone)]
pub struct Extent {
    pub chunks: Vec<Bytes>,
    pub length: u64,
    pub rows: u64,
    /// Of the table's time column, unix ns, both inclusive.
    pub min_start_ns: i64,
    pub max_start_ns: i64,
}

/// Sorts rows and writes them as one segment. `None` for no rows.
///
/// Batches have the table's schema, or the same with some columns dictionary-encoded; readers see plain columns.
pub fn write(id: SegmentId, table: Table, batches: &[RecordBatch]) -> Result<Option<Extent>, Error> {
    let Some(first) = batches.first() else { return Ok(None) };
    let times = order::column(batches, schema::time_column(table)).map_err(Error::Sort)?;
    let times = times.as_primitive::<Int64Type>();
    let (Some(min_start_ns), Some(max_start_ns)) = (min(times), max(times)) else { return Ok(None) };
    let traces = match first.schema().index_of("trace_id") {
        Ok(_) => {
            let ids = order::column(batches, "trace_id").map_err(Error::Sort)?;
            Some(Traces::of(ids.as_fixed_size_binary(), times))
        }
        Err(_) => None,
    };
    let sorted = Sorted::of(table, batches, times)?;
    let parquet = parquet(id, table, batches, &sorted, traces.as_ref())?;
    let (mut layout, mut chunks) = (Layout::default(), Vec::new());
    let sidecars = traces.map(|traces| traces.sections()).unwrap_or_default();
    for (section, bytes) in [(Section::Parquet, parquet)].into_iter().chain(sidecars) {
        layout.place(section, bytes.len() as u64);
        chunks.push(bytes);
    }
    chunks.push(layout.directory(Version::Sent));
    let length = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    Ok(Some(Extent { chunks, length, rows: times.len() as u64, min_start_ns, max_start_ns }))
}

/// Rows are put together as they are written: a second copy of all of them would not fit beside the tail.
fn parquet(
    id: SegmentId,
    table: Table,
    batches: &[RecordBatch],
    sorted: &Sorted,
    traces: Option<&Traces>,
) -> Result<Bytes, Error> {
    let schema = batches[0].schema();
    let stored = numbered(&schema);
    let options = options(id, table, &stored, Effort::Fresh, None);
    let mut writer =
        ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(&stored), options).map_err(Error::Encode)?;
    let trace = traces.and_then(|traces| Some((schema.index_of("trace_id").ok()?, &traces.numbers)));
    let others: Vec<usize> =
        (0..schema.fields().len()).filter(|&at| trace.is_none_or(|(trace, _)| at != trace)).collect();
    let batches: Vec<RecordBatch> =
        batches.iter().map(|batch| batch.project(&others)).collect::<Result<_, _>>().map_err(Error::Sort)?;
    let batches: Vec<&RecordBatch> = batches.iter().collect();
    for slice in sorted.slices() {
        for rows in slice.chunks(WRITE_ROWS) {
            let places: Vec<(usize, usize)> = rows.iter().map(|&row| sorted.place(row)).collect();
            let others = interleave_record_batch(&batches, &places).map_err(Error::Sort)?;
            let mut columns = others.columns().to_vec();
            if let Some((at, numbers)) = trace {
                let rows = UInt32Array::from(rows.to_vec());
                columns.insert(at, take(numbers, &rows, None).map_err(Error::Sort)?);
            }
            let rows = RecordBatch::try_new(Arc::clone(&stored), columns).map_err(Error::Sort)?;
            writer.write(&rows).map_err(Error::Encode)?;
        }
        writer.flush().map_err(Error::Encode)?;
    }
    Ok(writer.into_inner().map_err(Error::Encode)?.into())
}

/// The schema with the number of a trace where its id is.
pub(super) fn numbered(schema: &Schema) -> SchemaRef {
    let number = |field: &FieldRef| match field.name().as_str() {
        "trace_id" => Arc::new(Field::new(TRACE_NUMBER, DataType::UInt32, field.is_nullable())),
        _ => Arc::clone(field),
    };
    Arc::new(Schema::new(schema.fields().iter().map(number).collect::<Vec<_>>()))
}
