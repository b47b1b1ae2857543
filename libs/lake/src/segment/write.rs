//! Rows to a segment: sorted so that what is read together lies together.

use std::sync::Arc;

use arrow::{
    array::{AsArray, RecordBatch},
    compute::{SortColumn, SortOptions, concat_batches, lexsort_to_indices, max, min, take_record_batch},
    datatypes::{DataType, Field, FieldRef, Int64Type, Schema},
};
use bytes::Bytes;
use naru_ids::SegmentId;
use naru_signal::Table;
use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    basic::{Compression, Encoding, ZstdLevel},
    file::{
        metadata::{KeyValue, SortingColumn},
        properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder},
    },
    schema::types::ColumnPath,
};

use super::{Section, layout::Layout, traces::Traces};
use crate::{Error, schema};

/// The column that holds the number of a row's trace; the ids lie in [`Section::TraceTable`].
pub const TRACE_NUMBER: &str = "trace";
/// The Parquet file says here which segment it is of.
pub const SEGMENT_KEY: &str = "naru.segment";

/// Rows per row group: enough for dictionaries to pay, few enough for a narrow read to skip most of a day.
const ROW_GROUP_ROWS: usize = 262_144;
/// Fresh segments are compressed fast; compaction will take its time.
const ZSTD_LEVEL: i32 = 1;

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
    let sorted = sort(table, &rows)?;
    drop(rows);
    let count = sorted.num_rows() as u64;
    let (stored, traces) = with_trace_numbers(table, sorted)?;
    let mut layout = Layout::default();
    layout.push(Section::Parquet, parquet(id, table, &stored)?);
    if let Some(traces) = traces.filter(|traces| !traces.is_empty()) {
        layout.push(Section::TraceTable, traces.table());
        // Last, beside the directory: the two are what a reader fetches first.
        if let Some(filter) = traces.filter() {
            layout.push(Section::TraceFilter, filter);
        }
    }
    let chunks = layout.finish();
    let length = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    Ok(Some(Extent { chunks, length, rows: count, min_start_ns, max_start_ns }))
}

fn parquet(id: SegmentId, table: Table, rows: &RecordBatch) -> Result<Bytes, Error> {
    // Without the Arrow schema in the file, a reader sees the plain types whatever the writer held in memory.
    let options =
        ArrowWriterOptions::new().with_properties(properties(id, table, rows)).with_skip_arrow_metadata(true);
    let mut writer =
        ArrowWriter::try_new_with_options(Vec::new(), rows.schema(), options).map_err(Error::Encode)?;
    writer.write(rows).map_err(Error::Encode)?;
    Ok(writer.into_inner().map_err(Error::Encode)?.into())
}

/// Puts [`TRACE_NUMBER`] in the place of `trace_id`, where the table has traces.
fn with_trace_numbers(table: Table, rows: RecordBatch) -> Result<(RecordBatch, Option<Traces>), Error> {
    let Ok(column) = rows.schema().index_of("trace_id") else { return Ok((rows, None)) };
    let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
    let traces = Traces::of(rows.column(column).as_fixed_size_binary(), times);
    let is_nullable = rows.schema().field(column).is_nullable();
    let mut fields: Vec<FieldRef> = rows.schema().fields().iter().cloned().collect();
    fields[column] = Arc::new(Field::new(TRACE_NUMBER, DataType::UInt32, is_nullable));
    let mut columns = rows.columns().to_vec();
    columns[column] = Arc::new(traces.numbers.clone());
    let stored = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(Error::Sort)?;
    Ok((stored, Some(traces)))
}

fn time_range(table: Table, rows: &RecordBatch) -> Option<(i64, i64)> {
    let times = rows.column_by_name(schema::time_column(table))?.as_primitive_opt::<Int64Type>()?;
    Some((min(times)?, max(times)?))
}

/// Column and descending.
fn sort_columns(table: Table) -> &'static [(&'static str, bool)] {
    match table {
        // Entry spans sit together per service: lists, heatmaps and selections touch only that prefix.
        Table::Spans => &[("service_name", false), ("is_entry", true), ("start_ns", false)],
        Table::MetricPoints => &[("name", false), ("service_name", false), ("time_ns", false)],
        Table::LogRecords => &[("service_name", false), ("time_ns", false)],
        // One kind over some time is what a reader wants; services come out of a page.
        Table::RollupDeltas | Table::Rollups10s | Table::Rollups1m | Table::Rollups1h => {
            &[("kind", false), ("at_ns", false), ("service", false), ("name", false)]
        }
    }
}

fn sort(table: Table, rows: &RecordBatch) -> Result<RecordBatch, Error> {
    let columns: Vec<SortColumn> = sort_columns(table)
        .iter()
        .filter_map(|&(name, descending)| {
            let options = Some(SortOptions { descending, nulls_first: false });
            rows.column_by_name(name).map(|values| SortColumn { values: values.clone(), options })
        })
        .collect();
    let order = lexsort_to_indices(&columns, None).map_err(Error::Sort)?;
    take_record_batch(rows, &order).map_err(Error::Sort)
}

fn properties(id: SegmentId, table: Table, rows: &RecordBatch) -> WriterProperties {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).expect("level 1 is a zstd level");
    let base = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(Some(sorting_columns(table, rows)))
        .set_key_value_metadata(Some(vec![KeyValue::new(SEGMENT_KEY.to_owned(), id.to_string())]))
        .set_created_by("naru".to_owned());
    match table {
        Table::Spans => {
            let base = number_columns(base, &["start_ns", "duration_ns", "received_ms", TRACE_NUMBER]);
            id_columns(base, &["span_id", "parent_span_id"])
        }
        Table::MetricPoints => number_columns(base, &["time_ns", "start_ns", "received_ms"]),
        Table::LogRecords => {
            let base = number_columns(base, &["time_ns", "observed_ns", "received_ms", TRACE_NUMBER]);
            id_columns(base, &["span_id"])
        }
        Table::RollupDeltas | Table::Rollups10s | Table::Rollups1m | Table::Rollups1h => {
            number_columns(base, &["at_ns"])
        }
    }
    .build()
}

fn sorting_columns(table: Table, rows: &RecordBatch) -> Vec<SortingColumn> {
    let index = |name: &str| rows.schema().index_of(name).ok().and_then(|index| i32::try_from(index).ok());
    sort_columns(table)
        .iter()
        .filter_map(|&(name, descending)| {
            index(name).map(|column_idx| SortingColumn { column_idx, descending, nulls_first: false })
        })
        .collect()
}

/// Neighbours are close in time, so differences are small.
fn number_columns(base: WriterPropertiesBuilder, names: &[&str]) -> WriterPropertiesBuilder {
    names.iter().fold(base, |base, name| {
        base.set_column_dictionary_enabled(ColumnPath::from(*name), false)
            .set_column_encoding(ColumnPath::from(*name), Encoding::DELTA_BINARY_PACKED)
    })
}

/// Random bytes: a dictionary or a compressor only costs.
fn id_columns(base: WriterPropertiesBuilder, names: &[&str]) -> WriterPropertiesBuilder {
    names.iter().fold(base, |base, name| {
        base.set_column_dictionary_enabled(ColumnPath::from(*name), false)
            .set_column_encoding(ColumnPath::from(*name), Encoding::PLAIN)
            .set_column_compression(ColumnPath::from(*name), Compression::UNCOMPRESSED)
            .set_column_statistics_enabled(ColumnPath::from(*name), EnabledStatistics::None)
    })
}
