//! How each column is encoded, and what the file says of itself.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Schema},
};
use naru_ids::SegmentId;
use naru_signal::Table;
use parquet::{
    basic::{Compression, Encoding, ZstdLevel},
    column::writer::ColumnCloseResult,
    file::{
        metadata::{KeyValue, SortingColumn},
        properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder},
        statistics::Statistics,
    },
    schema::types::ColumnPath,
};

use super::{
    SEGMENT_KEY, TRACE_NUMBER,
    attributes::{ATTRIBUTES, SHAPES_KEY, Shapes},
    order::sort_columns,
    parents::PARENT,
    slices::{SLICE_ROWS, Slices},
};
use crate::catalog::SegmentRow;

/// Rows per row group, at most: enough for dictionaries to pay, few enough for a narrow read to skip most of a day. Tables
/// with slices have smaller ones.
pub(super) const ROW_GROUP_ROWS: usize = 262_144;
/// A reader of few rows decodes the pages they are in.
const PAGE_ROWS: usize = 2_048;
/// Of columns whose values are keys into a dictionary: see [`super::encoders`].
pub(super) const KEY_PAGE_ROWS: usize = 16_384;
/// Columns that are small as they are: numbers of neighbours, and texts of which there are few, next to each other. A page of
/// these has tens of bytes; zstd hardly makes it shorter, and a reader of a trace makes a decompressor for each.
const PLAIN: [&str; 31] = [
    "service_name",
    "is_entry",
    "start_ns",
    "duration_ns",
    "kind",
    "status_code",
    "operation",
    "time_ns",
    TRACE_NUMBER,
    PARENT,
    "service_instance",
    "service_version",
    "deployment_environment",
    "host_name",
    "telemetry_sdk_language",
    "http_method",
    "http_route",
    "http_status_code",
    "server_port",
    "db_system",
    "db_namespace",
    "db_operation",
    "rpc_system",
    "rpc_method",
    "messaging_system",
    "messaging_destination",
    "messaging_operation",
    "error_type",
    "exception_type",
    "scope_name",
    "severity_text",
];
/// Columns of spans and logs whose pages tell what may be in them.
pub(super) const INDEXED: [&str; 8] = [
    "service_name",
    "is_entry",
    "start_ns",
    "duration_ns",
    "time_ns",
    "received_ms",
    "severity_number",
    TRACE_NUMBER,
];

/// Stored bytes of one row group of a segment, about: a reader of all columns holds as much.
#[must_use]
pub fn row_group_bytes(row: &SegmentRow) -> u64 {
    row.length / row.rows.div_ceil(row_group_rows(row.table)).max(1)
}

/// Rows of a row group, about, at most.
#[must_use]
pub const fn row_group_rows(table: Table) -> u64 {
    if Slices::are_of(table) { SLICE_ROWS as u64 } else { ROW_GROUP_ROWS as u64 }
}

/// How hard to compress.
#[derive(Debug, Clone, Copy)]
pub(super) enum Effort {
    /// A cut is waited for.
    Fresh,
    /// Written once and kept for weeks.
    Merged,
}

impl Effort {
    const fn zstd_level(self) -> i32 {
        match self {
            Self::Fresh => 1,
            Self::Merged => 3,
        }
    }
}

/// How a file of this segment is written; columns that are `empty` have no value in any row.
pub(super) fn properties(
    id: SegmentId,
    table: Table,
    stored: &Schema,
    effort: Effort,
    shapes: Option<&Shapes>,
    empty: &[&str],
) -> WriterProperties {
    let segment = KeyValue::new(SEGMENT_KEY.to_owned(), id.to_string());
    let shapes = shapes.map(|shapes| KeyValue::new(SHAPES_KEY.to_owned(), shapes.text()));
    let level = ZstdLevel::try_new(effort.zstd_level()).expect("1 and 3 are zstd levels");
    let base = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(Some(sorting_columns(table, stored)))
        .set_key_value_metadata(Some([segment].into_iter().chain(shapes).collect()))
        .set_created_by("naru".to_owned());
    let base = if Slices::are_of(table) { small_pages(base) } else { base };
    let base = match effort {
        Effort::Fresh => without_bounds_of_texts(base, table, stored),
        Effort::Merged => base,
    };
    let base = without_helpers(base, empty);
    match table {
        Table::Spans => {
            let base = number_columns(base, &["start_ns", "duration_ns", "received_ms", TRACE_NUMBER]);
            let base = base.set_column_dictionary_enabled(ColumnPath::from(ATTRIBUTES), false);
            id_columns(base, &["span_id", "parent_span_id"])
                .set_column_statistics_enabled(ColumnPath::from(PARENT), EnabledStatistics::None)
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

/// There are many, so that an index of them all would fill memory: only columns by which rows lie together have one.
fn small_pages(base: WriterPropertiesBuilder) -> WriterPropertiesBuilder {
    let base = base.set_data_page_row_count_limit(PAGE_ROWS).set_statistics_enabled(EnabledStatistics::Chunk);
    let base = INDEXED.iter().fold(base, |base, name| {
        base.set_column_statistics_enabled(ColumnPath::from(*name), EnabledStatistics::Page)
    });
    PLAIN.iter().fold(base, |base, name| {
        base.set_column_compression(ColumnPath::from(*name), Compression::UNCOMPRESSED)
    })
}

/// A dictionary and a compressor take memory and time before they see a value. In files of few rows, as of small companies,
/// most columns never do.
fn without_helpers(base: WriterPropertiesBuilder, empty: &[&str]) -> WriterPropertiesBuilder {
    empty.iter().fold(base, |base, name| {
        base.set_column_dictionary_enabled(ColumnPath::from(*name), false)
            .set_column_compression(ColumnPath::from(*name), Compression::UNCOMPRESSED)
    })
}

fn sorting_columns(table: Table, stored: &Schema) -> Vec<SortingColumn> {
    let index = |name: &str| stored.index_of(name).ok().and_then(|index| i32::try_from(index).ok());
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

/// Comparing texts takes longer than it saves readers of a segment that lives for minutes: its texts tell only whether they are
/// there at all, see [`note_texts`]. Those that rows are sorted by keep theirs: a metric is found by its name.
fn without_bounds_of_texts(
    base: WriterPropertiesBuilder,
    table: Table,
    stored: &Schema,
) -> WriterPropertiesBuilder {
    let is_sorted_by = |name: &str| sort_columns(table).iter().any(|(sorted, _)| *sorted == name);
    let texts = stored.fields().iter().filter(|field| {
        let is_text =
            matches!(field.data_type(), DataType::Utf8 | DataType::Binary | DataType::Dictionary(..));
        is_text && !INDEXED.contains(&field.name().as_str()) && !is_sorted_by(field.name())
    });
    texts.fold(base, |base, field| {
        base.set_column_statistics_enabled(ColumnPath::from(field.name().as_str()), EnabledStatistics::None)
    })
}

/// Says of texts without bounds how many are null, and how long the others are: a reader passes over a column that has none, and
/// takes few rows at a time of long ones.
pub(super) fn note_texts(column: &mut ColumnCloseResult, rows: &ArrayRef) {
    let Some(bytes) = text_bytes(rows).filter(|_| column.metadata.statistics().is_none()) else { return };
    let nulls = rows.logical_null_count() as u64;
    let metadata = column
        .metadata
        .clone()
        .into_builder()
        .set_statistics(Statistics::byte_array(None, None, None, Some(nulls), false))
        .set_unencoded_byte_array_data_bytes(i64::try_from(bytes).ok());
    column.metadata = metadata.build().expect("a built column can be built again");
}

/// `None` of what are no texts.
fn text_bytes(rows: &ArrayRef) -> Option<usize> {
    let offsets = |texts: &ArrayRef| match texts.data_type() {
        DataType::Utf8 => Some(texts.as_string::<i32>().offsets().clone()),
        DataType::Binary => Some(texts.as_binary::<i32>().offsets().clone()),
        _ => None,
    };
    let Some(dictionary) = rows.as_any_dictionary_opt() else {
        return offsets(rows).map(|offsets| offsets.lengths().sum());
    };
    let offsets = offsets(dictionary.values())?;
    let length = |key: usize| (offsets[key + 1] - offsets[key]) as usize;
    Some(dictionary.normalized_keys().into_iter().map(length).sum())
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
