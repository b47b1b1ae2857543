//! What a segment's Parquet file says of itself: parsed once, worth keeping.

use std::sync::{Arc, OnceLock};

use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use parquet::{
    arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions},
    errors::Result as ParquetResult,
    file::{
        metadata::{ParquetMetaData, RowGroupMetaData},
        statistics::Statistics,
    },
};

use super::{attributes::Shapes, logical::shapes_of, parents::PARENT};

/// Of a batch of rows in memory, about: rows of usual length are far below it.
const BATCH_BYTES_MAX: u64 = 4 << 20;

/// Row groups, page index, columns, and how attributes lie in them.
#[derive(Debug, Clone)]
pub struct Footer {
    file: ArrowReaderMetadata,
    /// The same file, with texts as keys of dictionaries.
    keyed: OnceLock<ArrowReaderMetadata>,
    /// `None` where attributes lie as they were sent.
    shapes: Option<Arc<Shapes>>,
}

impl Footer {
    pub(super) fn new(metadata: Arc<ParquetMetaData>) -> ParquetResult<Self> {
        let shapes = shapes_of(&metadata)?;
        let file = ArrowReaderMetadata::try_new(metadata, ArrowReaderOptions::new())?;
        Ok(Self { file, keyed: OnceLock::new(), shapes: shapes.map(Arc::new) })
    }

    #[must_use]
    pub fn metadata(&self) -> &Arc<ParquetMetaData> {
        self.file.metadata()
    }

    #[must_use]
    pub fn shapes(&self) -> Option<&Arc<Shapes>> {
        self.shapes.as_ref()
    }

    /// Whether parents are places: [`super::parents`].
    #[must_use]
    pub fn has_places(&self) -> bool {
        self.file.schema().index_of(PARENT).is_ok()
    }

    /// Whether a column is there and has no value in any row, as far as row groups tell.
    pub(super) fn is_empty(&self, column: &str) -> bool {
        let Ok(at) = self.file.schema().index_of(column) else { return false };
        self.metadata().row_groups().iter().all(|group| is_empty(group, at))
    }

    /// The least and the greatest time in a row group; `None` when it does not say.
    pub(super) fn ends_ns(&self, group: usize, time_column: &str) -> Option<(i64, i64)> {
        let at = self.file.schema().index_of(time_column).ok()?;
        let Statistics::Int64(statistics) = self.metadata().row_group(group).column(at).statistics()? else {
            return None;
        };
        Some((*statistics.min_opt()?, *statistics.max_opt()?))
    }

    /// How many rows of these columns are a batch that fits in memory; at least one.
    pub(super) fn batch_rows(&self, row_groups: &[usize], is_read: impl Fn(usize) -> bool) -> usize {
        let rows = row_groups.iter().map(|&group| self.metadata().row_group(group).num_rows());
        let rows = rows.map(|rows| u64::try_from(rows).unwrap_or(0)).sum::<u64>();
        let per_row = self.decoded_bytes(row_groups, is_read) / rows.max(1) + 1;
        usize::try_from(BATCH_BYTES_MAX / per_row).unwrap_or(usize::MAX).max(1)
    }

    /// What these columns take in memory, about. What repeats is stored once and decoded every time: a sender of long texts
    /// decides how much that is.
    pub(super) fn decoded_bytes(&self, row_groups: &[usize], is_read: impl Fn(usize) -> bool) -> u64 {
        let groups = row_groups.iter().map(|&group| self.metadata().row_group(group));
        let leaves = groups.flat_map(|group| group.columns().iter().enumerate());
        let bytes = leaves.filter(|(leaf, _)| is_read(*leaf)).map(|(_, column)| {
            let texts = column.unencoded_byte_array_data_bytes();
            u64::try_from(texts.unwrap_or_else(|| column.uncompressed_size())).unwrap_or(0)
        });
        bytes.sum()
    }

    pub(super) fn file(&self) -> &ArrowReaderMetadata {
        &self.file
    }

    /// To read texts as they are stored: each once, and a key in every row.
    pub(super) fn keyed(&self) -> ParquetResult<&ArrowReaderMetadata> {
        if let Some(known) = self.keyed.get() {
            return Ok(known);
        }
        let fields = self.file.schema().fields().iter().map(keyed).collect::<Vec<_>>();
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
        let keyed = ArrowReaderMetadata::try_new(Arc::clone(self.metadata()), options)?;
        Ok(self.keyed.get_or_init(|| keyed))
    }

    /// Bytes in memory, about: the shapes are in the metadata, too, as text.
    #[must_use]
    pub fn size(&self) -> usize {
        let text = self.metadata().file_metadata().key_value_metadata().into_iter().flatten();
        let shapes: usize = text.filter_map(|pair| pair.value.as_ref()).map(String::len).sum();
        self.metadata().memory_size() + shapes
    }
}

/// Whether a row group has no value in its column at this place, as far as it tells.
pub(super) fn is_empty(group: &RowGroupMetaData, column: usize) -> bool {
    let nulls = group.column(column).statistics().and_then(|statistics| statistics.null_count_opt());
    nulls == u64::try_from(group.num_rows()).ok()
}

/// A field of texts as one of keys; any other as it is.
pub(super) fn keyed(field: &FieldRef) -> FieldRef {
    match field.data_type() {
        DataType::Utf8 => {
            let keys = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Arc::new(Field::new(field.name(), keys, field.is_nullable()))
        }
        _ => Arc::clone(field),
    }
}
