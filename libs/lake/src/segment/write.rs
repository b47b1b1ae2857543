//! Rows to a segment: sorted so that what is read together lies together.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, DictionaryArray, RecordBatch, UInt32Array},
    compute::{max, min, take},
    datatypes::{DataType, Field, FieldRef, Int64Type, Schema, SchemaRef},
    error::ArrowError,
};
use bytes::Bytes;
use naru_ids::SegmentId;
use naru_signal::Table;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves};

use super::{
    Section,
    encode::{Effort, ROW_GROUP_ROWS, note_texts, properties},
    encoders::Encoders,
    layout::{Layout, Version},
    order::{self, Sorted},
    traces::Traces,
};
use crate::{Error, schema};

/// The column that holds the number of a row's trace; the ids lie in [`Section::TraceTable`].
pub const TRACE_NUMBER: &str = "trace";
/// Bytes of a text on average, from which on a column's pages are cut by bytes.
const POINTED_BYTES_MAX: usize = 1_024;
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

/// One column after the other, since a second copy of all rows would not fit beside the tail.
fn parquet(
    id: SegmentId,
    table: Table,
    batches: &[RecordBatch],
    sorted: &Sorted,
    traces: Option<&Traces>,
) -> Result<Bytes, Error> {
    let schema = batches[0].schema();
    let stored = numbered(&schema);
    let is_empty = |column: usize| {
        batches.iter().all(|rows| rows.column(column).logical_null_count() == rows.num_rows())
    };
    let names = stored.fields().iter().enumerate().filter(|(column, _)| is_empty(*column));
    let empty: Vec<&str> = names.map(|(_, field)| field.name().as_str()).collect();
    let properties = properties(id, table, &stored, Effort::Fresh, None, &empty);
    let (mut file, encoders) =
        Encoders::begin(Vec::new(), &stored, properties, &empty).map_err(Error::Encode)?;
    let mut groups = Vec::new();
    for rows in sorted.groups(ROW_GROUP_ROWS) {
        groups.push(Group::begin(rows, &encoders, groups.len())?);
    }
    for (field, stored_field) in schema.fields().iter().zip(stored.fields()) {
        let column = match traces {
            Some(traces) if field.name() == "trace_id" => Arc::new(traces.numbers.clone()) as ArrayRef,
            _ => order::column(batches, field.name()).map_err(Error::Sort)?,
        };
        for group in &mut groups {
            group.write(stored_field, &column)?;
        }
    }
    for group in groups {
        let mut row_group = file.next_row_group().map_err(Error::Encode)?;
        for chunk in group.encoded {
            chunk.append_to_row_group(&mut row_group).map_err(Error::Encode)?;
        }
        row_group.close().map_err(Error::Encode)?;
    }
    Ok(file.into_inner().map_err(Error::Encode)?.into())
}

/// A row group under way.
struct Group {
    /// Which rows, in order.
    rows: UInt32Array,
    /// Of columns to come.
    encoders: std::vec::IntoIter<ArrowColumnWriter>,
    encoded: Vec<ArrowColumnChunk>,
}

impl Group {
    fn begin(rows: UInt32Array, encoders: &Encoders, index: usize) -> Result<Self, Error> {
        let encoders = encoders.of_group(index).map_err(Error::Encode)?;
        Ok(Self { rows, encoded: Vec::with_capacity(encoders.len()), encoders: encoders.into_iter() })
    }

    /// The next column; `column` has the rows of all groups.
    fn write(&mut self, field: &Field, column: &ArrayRef) -> Result<(), Error> {
        let rows = in_order(column, &self.rows).map_err(Error::Sort)?;
        let leaves = compute_leaves(field, &rows).map_err(Error::Encode)?;
        for (leaf, mut encoder) in leaves.iter().zip(&mut self.encoders) {
            encoder.write(leaf).map_err(Error::Encode)?;
            let mut chunk = encoder.close().map_err(Error::Encode)?;
            note_texts(chunk.close_mut(), &rows);
            self.encoded.push(chunk);
        }
        Ok(())
    }
}

/// Cells of these rows. Short texts are not copied but pointed at, as if the column were a dictionary of its own; the encoder
/// takes such pages as they come, and so gets long ones as a plain column, which it cuts into pages by their bytes.
fn in_order(column: &ArrayRef, rows: &UInt32Array) -> Result<ArrayRef, ArrowError> {
    let bytes = match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value_data().len(),
        DataType::Binary => column.as_binary::<i32>().value_data().len(),
        _ => return take(column, rows, None),
    };
    if bytes > column.len() * POINTED_BYTES_MAX {
        return take(column, rows, None);
    }
    Ok(Arc::new(DictionaryArray::try_new(rows.clone(), Arc::clone(column))?))
}

/// The schema with the number of a trace where its id is.
pub(super) fn numbered(schema: &Schema) -> SchemaRef {
    let number = |field: &FieldRef| match field.name().as_str() {
        "trace_id" => Arc::new(Field::new(TRACE_NUMBER, DataType::UInt32, field.is_nullable())),
        _ => Arc::clone(field),
    };
    Arc::new(Schema::new(schema.fields().iter().map(number).collect::<Vec<_>>()))
}
