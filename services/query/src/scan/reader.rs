//! How extents are read: ranges of a bundle object, with sidecars, footer and page index from caches.

use std::{hash::Hash, ops::Range, sync::Arc};

use arrow::array::RecordBatch;
use bytes::Bytes;
use datafusion::{
    datasource::{listing::PartitionedFile, physical_plan::parquet::ParquetFileReaderFactory},
    error::{DataFusionError, Result as DataFusionResult},
    physical_plan::metrics::ExecutionPlanMetricsSet,
};
use futures::{FutureExt, future::BoxFuture};
use moka::future::Cache;
use naru_ids::{SegmentId, TenantId};
use naru_lake::{
    DiskCache,
    catalog::SegmentRow,
    seal::TenantKey,
    segment::{self, ExtentReader, Head, traces::TraceTable},
};
use object_store::ObjectStore;
use parquet::{
    arrow::{arrow_reader::ArrowReaderOptions, async_reader::AsyncFileReader},
    errors::Result as ParquetResult,
    file::metadata::{PageIndexPolicy, ParquetMetaData},
};

use super::ScanError;

/// A segment's metadata is some 20 to 60 KiB: this holds a few thousand.
const METADATA_BYTES_MAX: u64 = 96 << 20;
/// Nine bits a trace: this holds the filters of some 30 million traces.
const HEAD_BYTES_MAX: u64 = 32 << 20;
/// Decoded rollups: a day of some hundred services by the minute.
const ROLLUP_BYTES_MAX: u64 = 64 << 20;
/// Twenty bytes a trace.
const TABLE_BYTES_MAX: u64 = 64 << 20;

/// The tenant is part of the key: no cache of ours can answer one tenant from another's entry.
type SegmentKey = (TenantId, SegmentId);

/// Makes readers of segments; shared by all scans. Segments never change, so what was read once holds.
#[derive(Debug)]
pub(super) struct ExtentReaders {
    store: Arc<dyn ObjectStore>,
    /// In front of a bucket.
    disk: Option<Arc<DiskCache>>,
    metadata: Cache<SegmentKey, Arc<ParquetMetaData>>,
    heads: Cache<SegmentKey, Arc<Head>>,
    tables: Cache<SegmentKey, Arc<TraceTable>>,
    /// By columns, too.
    rollups: Cache<(SegmentKey, String), Arc<Vec<RecordBatch>>>,
}

impl ExtentReaders {
    pub(super) fn new(store: Arc<dyn ObjectStore>, disk: Option<Arc<DiskCache>>) -> Self {
        Self {
            store,
            disk,
            metadata: cache(METADATA_BYTES_MAX, ParquetMetaData::memory_size),
            heads: cache(HEAD_BYTES_MAX, Head::size),
            tables: cache(TABLE_BYTES_MAX, TraceTable::size),
            rollups: cache(ROLLUP_BYTES_MAX, |batches: &Vec<RecordBatch>| {
                batches.iter().map(RecordBatch::get_array_memory_size).sum()
            }),
        }
    }

    /// What there is to know of a segment before anything else.
    pub(super) async fn head(&self, row: &SegmentRow, key: &TenantKey) -> Result<Arc<Head>, ScanError> {
        let read = async { self.extent(row, key)?.head().await.map(Arc::new) };
        self.heads.try_get_with((row.tenant, row.id), read).await.map_err(ScanError::segment)
    }

    /// `None` for a segment without traces.
    pub(super) async fn trace_table(
        &self,
        row: &SegmentRow,
        key: &TenantKey,
    ) -> Result<Option<Arc<TraceTable>>, ScanError> {
        let place = (row.tenant, row.id);
        if let Some(known) = self.tables.get(&place).await {
            return Ok(Some(known));
        }
        let head = self.head(row, key).await?;
        let read = async { self.extent(row, key)?.trace_table(&head).await };
        let table = read.await.map_err(|error| ScanError::segment(Arc::new(error)))?;
        let Some(table) = table.map(Arc::new) else { return Ok(None) };
        self.tables.insert(place, Arc::clone(&table)).await;
        Ok(Some(table))
    }

    /// Some columns of a segment of rollups.
    pub(super) async fn rollups(
        &self,
        row: &SegmentRow,
        key: &TenantKey,
        columns: &[&str],
    ) -> Result<Arc<Vec<RecordBatch>>, ScanError> {
        let read = async {
            let extent = self.extent(row, key)?;
            segment::read_columns(&extent, row.table, columns).await.map(Arc::new)
        };
        let place = ((row.tenant, row.id), columns.join(","));
        self.rollups.try_get_with(place, read).await.map_err(ScanError::segment)
    }

    fn extent(&self, row: &SegmentRow, key: &TenantKey) -> Result<ExtentReader, naru_lake::Error> {
        ExtentReader::of(Arc::clone(&self.store), row, key).map(|extent| extent.cached(self.disk.clone()))
    }
}

fn cache<K: Hash + Eq + Send + Sync + 'static, T: Send + Sync + 'static>(
    bytes_max: u64,
    size: impl Fn(&T) -> usize + Send + Sync + 'static,
) -> Cache<K, Arc<T>> {
    let weigh = move |_: &K, held: &Arc<T>| u32::try_from(size(held)).unwrap_or(u32::MAX);
    Cache::builder().max_capacity(bytes_max).weigher(weigh).build()
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
        let key = file
            .extension::<TenantKey>()
            .ok_or_else(|| DataFusionError::Internal("a scanned file without its tenant's key".to_owned()))?;
        Ok(Box::new(CachedReader {
            extent: self.extent(row, key).map_err(|error| DataFusionError::External(Box::new(error)))?,
            key: (row.tenant, row.id),
            metadata: self.metadata.clone(),
        }))
    }
}

/// An [`ExtentReader`] that reads each segment's metadata once.
#[derive(Debug)]
struct CachedReader {
    extent: ExtentReader,
    key: SegmentKey,
    metadata: Cache<SegmentKey, Arc<ParquetMetaData>>,
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
