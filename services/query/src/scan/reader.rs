//! How extents are read: ranges of a bundle object, with sidecars, footer and page index from caches.

use std::{hash::Hash, ops::Range, sync::Arc};

use arrow::{array::RecordBatch, datatypes::Schema};
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
    segment::{
        self, ExtentReader, Footer, Head, TraceRows, attributes::Shapes, pairs::PairFilter, parents::SpanIds,
        traces::TraceTable,
    },
};
use object_store::ObjectStore;
use parquet::{
    arrow::{arrow_reader::ArrowReaderOptions, async_reader::AsyncFileReader},
    errors::{ParquetError, Result as ParquetResult},
    file::metadata::ParquetMetaData,
};

use super::ScanError;

/// A hundred million spans have some 1,600 row groups, and those of today are smaller and more: this is room for 1,900 of them
/// at about 170 KiB each.
const FOOTER_BYTES_MAX: u64 = 320 << 20;
/// Nine bits a trace: this holds the filters of some 30 million traces.
const HEAD_BYTES_MAX: u64 = 32 << 20;
/// Decoded rollups: a day of some hundred services by the minute.
const ROLLUP_BYTES_MAX: u64 = 64 << 20;
/// Twenty bytes a trace: this holds thirteen million.
const TABLE_BYTES_MAX: u64 = 256 << 20;
/// Less than a byte a row: this holds the filters of some 60 million rows.
const PAIR_BYTES_MAX: u64 = 48 << 20;

/// The tenant is part of the key: no cache of ours can answer one tenant from another's entry.
pub(super) type SegmentKey = (TenantId, SegmentId);

/// Makes readers of segments; shared by all scans. Segments never change, so what was read once holds.
#[derive(Debug)]
pub(super) struct ExtentReaders {
    store: Arc<dyn ObjectStore>,
    /// In front of a bucket.
    disk: Option<Arc<DiskCache>>,
    heads: Cache<SegmentKey, Arc<Head>>,
    footers: Cache<SegmentKey, Arc<Footer>>,
    tables: Cache<SegmentKey, Arc<TraceTable>>,
    pairs: Cache<SegmentKey, Arc<PairFilter>>,
    /// By columns, too.
    rollups: Cache<(SegmentKey, String), Arc<Vec<RecordBatch>>>,
}

impl ExtentReaders {
    pub(super) fn new(store: Arc<dyn ObjectStore>, disk: Option<Arc<DiskCache>>) -> Self {
        Self {
            store,
            disk,
            heads: cache(HEAD_BYTES_MAX, Head::size),
            footers: cache(FOOTER_BYTES_MAX, Footer::size),
            tables: cache(TABLE_BYTES_MAX, TraceTable::size),
            pairs: cache(PAIR_BYTES_MAX, PairFilter::size),
            rollups: cache(ROLLUP_BYTES_MAX, |batches: &Vec<RecordBatch>| {
                batches.iter().map(RecordBatch::get_array_memory_size).sum()
            }),
        }
    }

    /// What there is to know of a segment before anything else.
    pub(super) async fn head(&self, row: &SegmentRow, key: &TenantKey) -> Result<Arc<Head>, ScanError> {
        let place = (row.tenant, row.id);
        // Most are known, and asking for no more than that costs least.
        if let Some(known) = self.heads.get(&place).await {
            return Ok(known);
        }
        let read = async { self.extent(row, key)?.head().await.map(Arc::new) };
        self.heads.try_get_with(place, read).await.map_err(ScanError::segment)
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

    /// Rows of traces by their numbers there (rising), with columns of the lake's table; at least those of these services
    /// (rising), or all when none are named.
    pub(super) async fn rows_of_traces(
        &self,
        row: &SegmentRow,
        key: &TenantKey,
        wanted: &Schema,
        numbers: Vec<u32>,
        services: &[String],
    ) -> Result<TraceRows, ScanError> {
        let (extent, footer) = self.opened(row, key).await?;
        let rows = extent.rows_of_traces(&footer, wanted, numbers, services);
        rows.map_err(|error| ScanError::segment(Arc::new(error)))
    }

    /// A segment, and what its file says of itself.
    pub(super) async fn opened(
        &self,
        row: &SegmentRow,
        key: &TenantKey,
    ) -> Result<(ExtentReader, Arc<Footer>), ScanError> {
        let head = self.head(row, key).await?;
        let extent = self.extent(row, key).map_err(|error| ScanError::segment(Arc::new(error)))?;
        let footer = footer(&self.footers, (row.tenant, row.id), &extent, &head).await;
        Ok((extent, footer.map_err(ScanError::segment)?))
    }

    /// Span ids of all traces: what places of parents stand for. `None` where parents are spelled out.
    pub(super) async fn span_ids(
        &self,
        row: &SegmentRow,
        key: &TenantKey,
    ) -> Result<Option<Arc<SpanIds>>, ScanError> {
        let (extent, footer) = self.opened(row, key).await?;
        if !footer.has_places() {
            return Ok(None);
        }
        let ids = extent.span_ids(&footer).await.map_err(|error| ScanError::segment(Arc::new(error)))?;
        Ok(Some(Arc::new(ids)))
    }

    /// Those of a segment whose footer is in memory.
    pub(super) fn shapes(&self, place: SegmentKey) -> Option<Arc<Shapes>> {
        // Looking into the cache waits for nothing.
        self.footers.get(&place).now_or_never().flatten()?.shapes().cloned()
    }

    /// `None` for a segment without one: any row group may hold anything.
    pub(super) async fn pair_filter(
        &self,
        row: &SegmentRow,
        key: &TenantKey,
    ) -> Result<Option<Arc<PairFilter>>, ScanError> {
        let place = (row.tenant, row.id);
        if let Some(known) = self.pairs.get(&place).await {
            return Ok(Some(known));
        }
        let head = self.head(row, key).await?;
        let read = async { self.extent(row, key)?.pair_filter(&head).await };
        let filter = read.await.map_err(|error| ScanError::segment(Arc::new(error)))?;
        let Some(filter) = filter.map(Arc::new) else { return Ok(None) };
        self.pairs.insert(place, Arc::clone(&filter)).await;
        Ok(Some(filter))
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
            place: (row.tenant, row.id),
            heads: self.heads.clone(),
            footers: self.footers.clone(),
        }))
    }
}

async fn footer(
    known: &Cache<SegmentKey, Arc<Footer>>,
    place: SegmentKey,
    extent: &ExtentReader,
    head: &Head,
) -> Result<Arc<Footer>, Arc<naru_lake::Error>> {
    known.try_get_with(place, async { extent.footer(head).await.map(Arc::new) }).await
}

/// An [`ExtentReader`] that reads each segment's head and footer once.
#[derive(Debug)]
struct CachedReader {
    extent: ExtentReader,
    place: SegmentKey,
    heads: Cache<SegmentKey, Arc<Head>>,
    footers: Cache<SegmentKey, Arc<Footer>>,
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
            let failed = |error| ParquetError::External(Box::new(error));
            let head = async { self.extent.head().await.map(Arc::new) };
            let head = self.heads.try_get_with(self.place, head).await.map_err(failed)?;
            let footer = footer(&self.footers, self.place, &self.extent, &head).await.map_err(failed)?;
            Ok(Arc::clone(footer.metadata()))
        }
        .boxed()
    }
}
