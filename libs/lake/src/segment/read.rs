//! One extent of an object, read as if it were a Parquet file of its own.

use std::{ops::Range, sync::Arc};

use arrow::array::RecordBatch;
use bytes::Bytes;
use futures::{FutureExt, TryStreamExt, future::BoxFuture};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use parquet::{
    arrow::{
        ParquetRecordBatchStreamBuilder, arrow_reader::ArrowReaderOptions, async_reader::AsyncFileReader,
    },
    errors::{ParquetError, Result as ParquetResult},
    file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader},
};

use crate::{Error, catalog::SegmentRow};

/// The end of an extent is fetched in one go; footer and page index of a usual segment fit.
const FOOTER_BYTES_HINT: usize = 64 * 1024;

/// Bytes `offset .. offset + length` of one object. Implements `AsyncFileReader`, with ranges counted from `offset`.
#[derive(Debug, Clone)]
pub struct ExtentReader {
    store: Arc<dyn ObjectStore>,
    path: Path,
    offset: u64,
    length: u64,
}

impl ExtentReader {
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>, path: Path, offset: u64, length: u64) -> Self {
        Self { store, path, offset, length }
    }

    /// The extent a catalog row names.
    #[must_use]
    pub fn of(store: Arc<dyn ObjectStore>, row: &SegmentRow) -> Self {
        Self::new(store, Path::from(row.path.as_str()), row.offset, row.length)
    }

    /// Bytes of the extent.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Moves a range of the extent to the object; a range beyond the end must not show the neighbour's bytes.
    fn in_object(&self, range: &Range<u64>) -> ParquetResult<Range<u64>> {
        if range.start > range.end || range.end > self.length {
            let text = format!("range {range:?} lies outside an extent of {} bytes", self.length);
            return Err(ParquetError::General(text));
        }
        Ok(range.start + self.offset..range.end + self.offset)
    }
}

impl AsyncFileReader for ExtentReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        async move {
            let range = self.in_object(&range)?;
            Ok(self.store.get_range(&self.path, range).await?)
        }
        .boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        async move {
            let ranges =
                ranges.iter().map(|range| self.in_object(range)).collect::<ParquetResult<Vec<_>>>()?;
            Ok(self.store.get_ranges(&self.path, &ranges).await?)
        }
        .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        async move {
            let policy = |wanted: Option<PageIndexPolicy>| wanted.unwrap_or(PageIndexPolicy::Skip);
            let length = self.length;
            let metadata = ParquetMetaDataReader::new()
                .with_metadata_options(options.map(|options| options.metadata_options().clone()))
                .with_column_index_policy(policy(options.map(ArrowReaderOptions::column_index_policy)))
                .with_offset_index_policy(policy(options.map(ArrowReaderOptions::offset_index_policy)))
                .with_prefetch_hint(Some(
                    FOOTER_BYTES_HINT.min(usize::try_from(length).unwrap_or(usize::MAX)),
                ))
                .load_and_finish(self, length)
                .await?;
            Ok(Arc::new(metadata))
        }
        .boxed()
    }
}

/// Every row of a segment: for tests, export and small segments.
pub async fn read_all(store: Arc<dyn ObjectStore>, row: &SegmentRow) -> Result<Vec<RecordBatch>, Error> {
    let failed = |source| Error::Decode {
        path: row.path.clone(),
        offset: row.offset,
        end: row.offset + row.length,
        source,
    };
    let reader = ExtentReader::of(store, row);
    let stream =
        ParquetRecordBatchStreamBuilder::new(reader).await.map_err(failed)?.build().map_err(failed)?;
    stream.try_collect().await.map_err(failed)
}
