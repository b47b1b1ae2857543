//! How DataFusion reads an extent: ranges of a bundle object, with the footer and page index from a cache.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use datafusion::{
    datasource::{listing::PartitionedFile, physical_plan::parquet::ParquetFileReaderFactory},
    error::{DataFusionError, Result as DataFusionResult},
    physical_plan::metrics::ExecutionPlanMetricsSet,
};
use futures::{FutureExt, future::BoxFuture};
use moka::future::Cache;
use naru_ids::{SegmentId, TenantId};
use naru_lake::{catalog::SegmentRow, segment::ExtentReader};
use object_store::ObjectStore;
use parquet::{
    arrow::{arrow_reader::ArrowReaderOptions, async_reader::AsyncFileReader},
    errors::Result as ParquetResult,
    file::metadata::{PageIndexPolicy, ParquetMetaData},
};

/// A segment's metadata is some 20 to 60 KiB: this holds a few thousand.
const METADATA_BYTES_MAX: u64 = 96 << 20;

/// The tenant is part of the key: no cache of ours can answer one tenant from another's entry.
type MetadataKey = (TenantId, SegmentId);

/// Makes readers of segments; shared by all scans.
#[derive(Debug)]
pub(super) struct ExtentReaders {
    store: Arc<dyn ObjectStore>,
    metadata: Cache<MetadataKey, Arc<ParquetMetaData>>,
}

impl ExtentReaders {
    pub(super) fn new(store: Arc<dyn ObjectStore>) -> Self {
        let weigh = |_: &MetadataKey, metadata: &Arc<ParquetMetaData>| {
            u32::try_from(metadata.memory_size()).unwrap_or(u32::MAX)
        };
        Self { store, metadata: Cache::builder().max_capacity(METADATA_BYTES_MAX).weigher(weigh).build() }
    }
}

impl ParquetFileReaderFactory for ExtentReaders {
    fn create_reader(
        &self,
        _partition_index: usize,
        file: PartitionedFile,
        _metadata_size_hint: Option<usize>,
        _metrics: &ExecutionPlanMetricsSet,
    ) -> DataFusionResult<Box<dyn AsyncFileReader + Send>> {
        let row = file
            .extension::<Arc<SegmentRow>>()
            .ok_or_else(|| DataFusionError::Internal("a scanned file without its catalog row".to_owned()))?;
        Ok(Box::new(CachedReader {
            extent: ExtentReader::of(Arc::clone(&self.store), row),
            key: (row.tenant, row.id),
            metadata: self.metadata.clone(),
        }))
    }
}

/// An [`ExtentReader`] that reads each segment's metadata once. Segments never change.
#[derive(Debug)]
struct CachedReader {
    extent: ExtentReader,
    key: MetadataKey,
    metadata: Cache<MetadataKey, Arc<ParquetMetaData>>,
}

impl AsyncFileReader for CachedReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        self.extent.get_bytes(range)
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        self.extent.get_byte_ranges(ranges)
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        async move {
            if let Some(known) = self.metadata.get(&self.key).await {
                return Ok(known);
            }
            // The page index is read along, since the next scan that prunes pages would fetch it anyway.
            let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
            let metadata = self.extent.get_metadata(Some(&options)).await?;
            self.metadata.insert(self.key, Arc::clone(&metadata)).await;
            Ok(metadata)
        }
        .boxed()
    }
}
