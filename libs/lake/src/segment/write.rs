//! Rows to Parquet: sorted so that what is read together lies together.

use arrow::{
    array::{AsArray, RecordBatch},
    compute::{SortColumn, SortOptions, concat_batches, lexsort_to_indices, max, min, take_record_batch},
    datatypes::Int64Type,
};
use bytes::Bytes;
use naru_signal::Signal;
use parquet::{
    arrow::{ArrowWriter, arrow_writer::ArrowWriterOptions},
    basic::{Compression, Encoding, ZstdLevel},
    file::{
        metadata::SortingColumn,
        properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder},
    },
    schema::types::ColumnPath,
};

use crate::{Error, schema};

/// Rows per row group: enough for dictionaries to pay, few enough for a narrow read to skip most of a day.
const ROW_GROUP_ROWS: usize = 262_144;
/// Fresh segments are compressed fast; compaction will take its time.
const ZSTD_LEVEL: i32 = 1;
const BLOOM_FALSE_POSITIVES: f64 = 0.01;

/// One segment's bytes and what the catalog says of it.
#[derive(Debug, Clone)]
pub struct Extent {
    pub bytes: Bytes,
    pub rows: u64,
    /// Of the signal's time column, unix ns, both inclusive.
    pub min_start_ns: i64,
    pub max_start_ns: i64,
}

/// Sorts rows and writes them as one Parquet file. `None` for no rows.
///
/// Batches have the signal's schema, or the same with dictionary-encoded strings; readers see plain strings.
pub fn write(signal: Signal, batches: &[RecordBatch]) -> Result<Option<Extent>, Error> {
    let Some(first) = batches.first() else { return Ok(None) };
    let rows = concat_batches(&first.schema(), batches).map_err(Error::Sort)?;
    let Some((min_start_ns, max_start_ns)) = time_range(signal, &rows) else { return Ok(None) };
    let sorted = sort(signal, &rows)?;
    drop(rows);
    // Without the Arrow schema in the file, a reader sees the plain types whatever the writer held in memory.
    let options =
        ArrowWriterOptions::new().with_properties(properties(signal, &sorted)).with_skip_arrow_metadata(true);
    let mut writer =
        ArrowWriter::try_new_with_options(Vec::new(), sorted.schema(), options).map_err(Error::Encode)?;
    writer.write(&sorted).map_err(Error::Encode)?;
    let bytes = writer.into_inner().map_err(Error::Encode)?;
    Ok(Some(Extent { bytes: bytes.into(), rows: sorted.num_rows() as u64, min_start_ns, max_start_ns }))
}

fn time_range(signal: Signal, rows: &RecordBatch) -> Option<(i64, i64)> {
    let times = rows.column_by_name(schema::time_column(signal))?.as_primitive_opt::<Int64Type>()?;
    Some((min(times)?, max(times)?))
}

/// Column and descending.
fn sort_columns(signal: Signal) -> &'static [(&'static str, bool)] {
    match signal {
        // Entry spans sit together per service: lists, heatmaps and selections touch only that prefix.
        Signal::Traces => &[("service_name", false), ("is_entry", true), ("start_ns", false)],
        Signal::Metrics => &[("name", false), ("service_name", false), ("time_ns", false)],
        Signal::Logs => &[("service_name", false), ("time_ns", false)],
    }
}

fn sort(signal: Signal, rows: &RecordBatch) -> Result<RecordBatch, Error> {
    let columns: Vec<SortColumn> = sort_columns(signal)
        .iter()
        .filter_map(|&(name, descending)| {
            let options = Some(SortOptions { descending, nulls_first: false });
            rows.column_by_name(name).map(|values| SortColumn { values: values.clone(), options })
        })
        .collect();
    let order = lexsort_to_indices(&columns, None).map_err(Error::Sort)?;
    take_record_batch(rows, &order).map_err(Error::Sort)
}

fn properties(signal: Signal, rows: &RecordBatch) -> WriterProperties {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).expect("level 1 is a zstd level");
    let base = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(Some(sorting_columns(signal, rows)))
        .set_created_by("naru".to_owned());
    match signal {
        Signal::Traces => {
            let base = time_columns(base, &["start_ns", "duration_ns", "received_ms"]);
            let base = id_columns(base, &["trace_id", "span_id", "parent_span_id"]);
            trace_bloom(base, rows.num_rows())
        }
        Signal::Metrics => time_columns(base, &["time_ns", "start_ns", "received_ms"]),
        Signal::Logs => {
            let base = time_columns(base, &["time_ns", "observed_ns", "received_ms"]);
            let base = id_columns(base, &["trace_id", "span_id"]);
            trace_bloom(base, rows.num_rows())
        }
    }
    .build()
}

fn sorting_columns(signal: Signal, rows: &RecordBatch) -> Vec<SortingColumn> {
    let index = |name: &str| rows.schema().index_of(name).ok().and_then(|index| i32::try_from(index).ok());
    sort_columns(signal)
        .iter()
        .filter_map(|&(name, descending)| {
            index(name).map(|column_idx| SortingColumn { column_idx, descending, nulls_first: false })
        })
        .collect()
}

/// Neighbours are close in time, so differences are small.
fn time_columns(base: WriterPropertiesBuilder, names: &[&str]) -> WriterPropertiesBuilder {
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

fn trace_bloom(base: WriterPropertiesBuilder, rows: usize) -> WriterPropertiesBuilder {
    let column = || ColumnPath::from("trace_id");
    base.set_column_bloom_filter_enabled(column(), true)
        .set_column_bloom_filter_fpp(column(), BLOOM_FALSE_POSITIVES)
        // Folded down afterwards to the distinct ids that there are.
        .set_column_bloom_filter_max_ndv(column(), rows.clamp(64, ROW_GROUP_ROWS) as u64)
}
