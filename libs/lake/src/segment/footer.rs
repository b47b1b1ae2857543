//! What a segment's Parquet file says of itself: parsed once, worth keeping.

use std::sync::Arc;

use parquet::{
    arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions},
    errors::Result as ParquetResult,
    file::{metadata::ParquetMetaData, statistics::Statistics},
};

use super::{attributes::Shapes, logical::shapes_of, parents::PARENT};

/// Row groups, page index, columns, and how attributes lie in them.
#[derive(Debug, Clone)]
pub struct Footer {
    file: ArrowReaderMetadata,
    /// `None` where attributes lie as they were sent.
    shapes: Option<Arc<Shapes>>,
}

impl Footer {
    pub(super) fn new(metadata: Arc<ParquetMetaData>) -> ParquetResult<Self> {
        let shapes = shapes_of(&metadata)?;
        let file = ArrowReaderMetadata::try_new(metadata, ArrowReaderOptions::new())?;
        Ok(Self { file, shapes: shapes.map(Arc::new) })
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

    /// The least and the greatest time in a row group; `None` when it does not say.
    pub(super) fn ends_ns(&self, group: usize, time_column: &str) -> Option<(i64, i64)> {
        let at = self.file.schema().index_of(time_column).ok()?;
        let Statistics::Int64(statistics) = self.metadata().row_group(group).column(at).statistics()? else {
            return None;
        };
        Some((*statistics.min_opt()?, *statistics.max_opt()?))
    }

    pub(super) fn file(&self) -> &ArrowReaderMetadata {
        &self.file
    }

    /// Bytes in memory, about: the shapes are in the metadata, too, as text.
    #[must_use]
    pub fn size(&self) -> usize {
        let text = self.metadata().file_metadata().key_value_metadata().into_iter().flatten();
        let shapes: usize = text.filter_map(|pair| pair.value.as_ref()).map(String::len).sum();
        self.metadata().memory_size() + shapes
    }
}
