//! Rows to a segment: sorted so that what is read together lies together.

use std::sync::Arc;

use arrow::{
    array::{AsArray, RecordBatch},
    compute::{concat_batches, max, min},
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
    order::sort,
    traces::Traces,
};
use crate::{Error, schema};

/// The column that holds the number of a row's trace; the ids lie in [`Section::TraceTable`].
pub const TRACE_NUMBER: &str = "trace";
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
    let rows = concat_batches(&first.schema(), batches).map_err(Error::Sort)?;
    let Some((min_start_ns, max_start_ns)) = time_range(table, &rows) else { return Ok(None) };
    let (sorted, slices) = sort(table, &rows)?;
    drop(rows);
    let count = sorted.num_rows() as u64;
    let (stored, traces) = with_trace_numbers(table, sorted)?;
    let (mut layout, mut chunks) = (Layout::default(), Vec::new());
    let sidecars = traces.map(|traces| traces.sections()).unwrap_or_default();
    for (section, bytes) in
        [(Section::Parquet, parquet(id, table, &stored, &slices)?)].into_iter().chain(sidecars)
    {
        layout.place(section, bytes.len() as u64);
        chunks.push(bytes);
    }
    chunks.push(layout.directory(Version::Sent));
    let length = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    Ok(Some(Extent { chunks, length, rows: count, min_start_ns, max_start_ns }))
}

/// `slices`: how many rows are of each.
fn parquet(id: SegmentId, table: Table, rows: &RecordBatch, slices: &[usize]) -> Result<Bytes, Error> {
    let options = options(id, table, &rows.schema(), Effort::Fresh, None);
    let mut writer =
        ArrowWriter::try_new_with_options(Vec::new(), rows.schema(), options).map_err(Error::Encode)?;
    let mut begin = 0;
    for &count in slices {
        writer.write(&rows.slice(begin, count)).map_err(Error::Encode)?;
        writer.flush().map_err(Error::Encode)?;
        begin += count;
    }
    Ok(writer.into_inner().map_err(Error::Encode)?.into())
}

/// Puts [`TRACE_NUMBER`] in the place of `trace_id`, where the table has traces.
fn with_trace_numbers(table: Table, rows: RecordBatch) -> Result<(RecordBatch, Option<Traces>), Error> {
    let Ok(column) = rows.schema().index_of("trace_id") else { return Ok((rows, None)) };
    let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
    let traces = Traces::of(rows.column(column).as_fixed_size_binary(), times);
    let mut columns = rows.columns().to_vec();
    columns[column] = Arc::new(traces.numbers.clone());
    let stored = RecordBatch::try_new(numbered(&rows.schema()), columns).map_err(Error::Sort)?;
    Ok((stored, Some(traces)))
}

/// The schema with the number of a trace where its id is.
pub(super) fn numbered(schema: &Schema) -> SchemaRef {
    let number = |field: &FieldRef| match field.name().as_str() {
        "trace_id" => Arc::new(Field::new(TRACE_NUMBER, DataType::UInt32, field.is_nullable())),
        _ => Arc::clone(field),
    };
    Arc::new(Schema::new(schema.fields().iter().map(number).collect::<Vec<_>>()))
}

fn time_range(table: Table, rows: &RecordBatch) -> Option<(i64, i64)> {
    let times = rows.column_by_name(schema::time_column(table))?.as_primitive_opt::<Int64Type>()?;
    Some((min(times)?, max(times)?))
}
