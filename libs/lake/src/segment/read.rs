//! One extent of an object: its sidecars, and its Parquet file as if it lay alone.

mod cached;

use std::{ops::Range, sync::Arc};

use arrow::{
    array::{Array, AsArray, FixedSizeBinaryArray, FixedSizeBinaryBuilder, RecordBatch, UInt32Array},
    datatypes::{Field, FieldRef, Schema, SchemaRef},
    error::ArrowError,
};
use bytes::{Bytes, BytesMut};
use futures::{FutureExt, future::BoxFuture};
use naru_ids::{SegmentId, TenantId};
use naru_signal::Table;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use parquet::{
    arrow::{arrow_reader::ArrowReaderOptions, async_reader::AsyncFileReader},
    errors::{ParquetError, Result as ParquetResult},
    file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader},
};

use super::{
    Damage, Directory, Footer, Section, TRACE_NUMBER,
    logical::Logical,
    pairs::PairFilter,
    traces::{TRACE_ID_BYTES, TraceFilter, TraceTable},
    write::numbered,
};
use crate::{
    DiskCache, Error,
    cache::BlockId,
    catalog::SegmentRow,
    schema,
    seal::{ExtentKey, TenantKey, Unsealable},
};

/// The end of a Parquet file is fetched in one go; footer and page index of a usual segment fit.
const FOOTER_BYTES_HINT: usize = 64 * 1024;
/// The end of an extent, too: the directory, and the filter of all but large segments.
const HEAD_BYTES_HINT: u64 = 64 * 1024;
const READ_ROWS: usize = 8_192;

/// What is read of a segment before anything else, and worth keeping.
#[derive(Debug, Clone)]
pub struct Head {
    directory: Directory,
    parquet_length: u64,
    /// `None` = any trace may be here.
    filter: Option<TraceFilter>,
}

impl Head {
    #[must_use]
    pub fn may_hold(&self, trace: &[u8; TRACE_ID_BYTES]) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.may_hold(trace))
    }

    /// Bytes in memory, about.
    #[must_use]
    pub fn size(&self) -> usize {
        256 + self.filter.as_ref().map_or(0, TraceFilter::size)
    }
}

/// One extent of an object, opened as it is read. Implements `AsyncFileReader` for the Parquet file at its start.
#[derive(Debug, Clone)]
pub struct ExtentReader {
    store: Arc<dyn ObjectStore>,
    path: Path,
    /// Of the sealed extent in the object.
    offset: u64,
    sealed_length: u64,
    /// Of what is inside.
    length: u64,
    key: ExtentKey,
    tenant: TenantId,
    segment: SegmentId,
    cache: Option<Arc<DiskCache>>,
}

impl ExtentReader {
    /// The extent a catalog row names. Errs when it is not this tenant's, or has a length that nothing sealed has.
    pub fn of(store: Arc<dyn ObjectStore>, row: &SegmentRow, key: &TenantKey) -> Result<Self, Error> {
        let (offset, end) = (row.offset, row.offset + row.length);
        let sealed = |source| Error::Sealed { path: row.path.clone(), offset, end, source };
        let key = key.unwrap(row.tenant, row.id, &row.sealed_key).map_err(sealed)?;
        let length = key.opened_length(row.length).ok_or_else(|| sealed(Unsealable))?;
        let path = Path::from(row.path.as_str());
        let (sealed_length, tenant, segment) = (row.length, row.tenant, row.id);
        Ok(Self { store, path, offset, sealed_length, length, key, tenant, segment, cache: None })
    }

    /// The same, by way of a cache.
    #[must_use]
    pub fn cached(self, cache: Option<Arc<DiskCache>>) -> Self {
        Self { cache, ..self }
    }

    /// Reads what there is to know before anything else.
    pub async fn head(&self) -> Result<Head, Error> {
        let start = self.length.saturating_sub(HEAD_BYTES_HINT.max(Directory::BYTES_MAX));
        let end = self.read(start..self.length).await?;
        let directory = Directory::read(&end, self.length).map_err(|damage| self.damaged(damage))?;
        let parquet = directory.range(Section::Parquet).filter(|range| range.start == 0);
        let parquet_length = parquet.ok_or_else(|| self.damaged(Damage::Directory))?.end;
        let filter = match directory.range(Section::TraceFilter) {
            None => None,
            Some(range) => {
                let bytes = match range.start.checked_sub(start) {
                    Some(at) => end.slice(at as usize..(range.end - start) as usize),
                    None => self.read(range).await?,
                };
                Some(TraceFilter::new(bytes).map_err(|damage| self.damaged(damage))?)
            }
        };
        Ok(Head { directory, parquet_length, filter })
    }

    /// All of it: for other readers than this one.
    pub async fn whole(&self) -> Result<Bytes, Error> {
        self.read(0..self.length).await
    }

    /// `None` for a segment without traces.
    pub async fn trace_table(&self, head: &Head) -> Result<Option<TraceTable>, Error> {
        let Some(range) = head.directory.range(Section::TraceTable) else { return Ok(None) };
        let bytes = self.read(range).await?;
        TraceTable::new(bytes).map(Some).map_err(|damage| self.damaged(damage))
    }

    /// `None` for a segment that was not merged yet, or without attributes: any group may hold anything.
    pub async fn pair_filter(&self, head: &Head) -> Result<Option<PairFilter>, Error> {
        let Some(range) = head.directory.range(Section::PairFilter) else { return Ok(None) };
        let bytes = self.read(range).await?;
        PairFilter::new(bytes).map(Some).map_err(|damage| self.damaged(damage))
    }

    /// What the Parquet file says of itself.
    pub async fn footer(&self, head: &Head) -> Result<Footer, Error> {
        // The page index is read along: hardly a question does without.
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let metadata = self.clone().metadata(head.parquet_length, Some(&options)).await;
        metadata
            .and_then(|metadata| Footer::new(Arc::new(metadata)))
            .map_err(|source| self.undecodable(source))
    }

    async fn metadata(
        &mut self,
        length: u64,
        options: Option<&ArrowReaderOptions>,
    ) -> ParquetResult<ParquetMetaData> {
        let policy = |wanted: Option<PageIndexPolicy>| wanted.unwrap_or(PageIndexPolicy::Skip);
        ParquetMetaDataReader::new()
            .with_metadata_options(options.map(|options| options.metadata_options().clone()))
            .with_column_index_policy(policy(options.map(ArrowReaderOptions::column_index_policy)))
            .with_offset_index_policy(policy(options.map(ArrowReaderOptions::offset_index_policy)))
            .with_prefetch_hint(Some(FOOTER_BYTES_HINT.min(usize::try_from(length).unwrap_or(usize::MAX))))
            .load_and_finish(self, length)
            .await
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, Error> {
        let mut parts = self.read_all(std::slice::from_ref(&range)).await?;
        Ok(parts.pop().unwrap_or_default())
    }

    /// Ranges of the extent. Frames that several of them touch are fetched and opened once.
    async fn read_all(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Error> {
        if ranges.iter().any(|range| range.start > range.end || range.end > self.length) {
            return Err(self.damaged(Damage::Directory));
        }
        let frames = self.key.frames;
        let spans = frames.spans(ranges);
        let sealed: Vec<Range<u64>> =
            spans.iter().map(|span| frames.covering(span.start, span.end, self.length)).collect();
        let opened = match &self.cache {
            None => {
                let bytes = self.fetch(&sealed).await?.into_iter().map(|bytes| {
                    bytes.try_into_mut().unwrap_or_else(|shared| BytesMut::from(shared.as_ref()))
                });
                self.open(&spans, bytes)?
            }
            // Boxed, since the future of every reader would hold it.
            Some(cache) => Box::pin(self.open_cached(cache, &spans, &sealed)).await?,
        };
        let part = |range: &Range<u64>| {
            if range.is_empty() {
                return Ok(Bytes::new());
            }
            let held = opened.partition_point(|(start, _)| *start <= range.start).checked_sub(1);
            let (start, bytes) = held.map(|at| &opened[at]).ok_or_else(|| self.damaged(Damage::Truncated))?;
            let (from, to) = ((range.start - start) as usize, (range.end - start) as usize);
            if to > bytes.len() { Err(self.damaged(Damage::Truncated)) } else { Ok(bytes.slice(from..to)) }
        };
        ranges.iter().map(part).collect()
    }

    /// Ranges of the sealed extent.
    async fn fetch(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Error> {
        let of_object: Vec<Range<u64>> =
            ranges.iter().map(|range| range.start + self.offset..range.end + self.offset).collect();
        match self.store.get_ranges(&self.path, &of_object).await {
            Ok(read) => Ok(read),
            Err(source) => Err(self.unread(source).await),
        }
    }

    /// A disk has no word of its own for a file that ends too early. Of a bucket it is not asked: one that is away is not
    /// waited for twice.
    async fn unread(&self, source: object_store::Error) -> Error {
        let is_on_disk = matches!(source, object_store::Error::Generic { store: "LocalFileSystem", .. });
        let size =
            if is_on_disk { self.store.head(&self.path).await.ok().map(|object| object.size) } else { None };
        if size.is_some_and(|size| size < self.offset + self.sealed_length) {
            return self.damaged(Damage::Truncated);
        }
        Error::Read { path: self.path.to_string(), source }
    }

    /// Opens the frames of each span; answers them with the place where they begin.
    fn open(
        &self,
        spans: &[Range<u64>],
        sealed: impl IntoIterator<Item = BytesMut>,
    ) -> Result<Vec<(u64, Bytes)>, Error> {
        let open = |(span, bytes): (&Range<u64>, BytesMut)| {
            let opened = self.key.open(bytes, span.start / self.key.frames.bytes(), self.length);
            opened.map(|bytes| (span.start, bytes)).map_err(|source| self.unsealable(source))
        };
        spans.iter().zip(sealed).map(open).collect()
    }

    /// What does not open in the cache is fetched again, once.
    async fn open_cached(
        &self,
        cache: &Arc<DiskCache>,
        spans: &[Range<u64>],
        sealed: &[Range<u64>],
    ) -> Result<Vec<(u64, Bytes)>, Error> {
        if let Ok(opened) = self.open(spans, cached::read(self, cache, sealed).await?) {
            return Ok(opened);
        }
        cached::forget(self, cache, sealed).await;
        self.open(spans, cached::read(self, cache, sealed).await?)
    }

    fn block(&self, number: u64) -> BlockId {
        BlockId { tenant: self.tenant, segment: self.segment, number }
    }

    /// What the Parquet reader says of it, with its place.
    pub(super) fn undecodable(&self, source: ParquetError) -> Error {
        let (offset, end) = (self.offset, self.offset + self.sealed_length);
        Error::Decode { path: self.path.to_string(), offset, end, source }
    }

    fn unsealable(&self, source: Unsealable) -> Error {
        let (offset, end) = (self.offset, self.offset + self.sealed_length);
        Error::Sealed { path: self.path.to_string(), offset, end, source }
    }

    fn damaged(&self, source: Damage) -> Error {
        let (offset, end) = (self.offset, self.offset + self.sealed_length);
        Error::Damaged { path: self.path.to_string(), offset, end, source }
    }
}

impl AsyncFileReader for ExtentReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        async move { self.read(range).await.map_err(external) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        async move { self.read_all(&ranges).await.map_err(external) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        async move {
            let head = self.head().await.map_err(external)?;
            let metadata = self.metadata(head.parquet_length, options).await?;
            Ok(Arc::new(metadata))
        }
        .boxed()
    }
}

/// A segment's rows with the columns of the lake's table, a batch at a time.
#[expect(missing_debug_implementations, reason = "a stream of rows shows nothing")]
pub struct SegmentRows {
    reader: ExtentReader,
    stored: Logical,
    traces: Option<TraceTable>,
}

impl SegmentRows {
    pub async fn open(reader: &ExtentReader, table: Table) -> Result<Self, Error> {
        Self::of(reader, &schema::of(table)).await
    }

    /// Some columns of the table.
    async fn of(reader: &ExtentReader, wanted: &SchemaRef) -> Result<Self, Error> {
        let traces = match wanted.index_of("trace_id") {
            Ok(_) => reader.trace_table(&reader.head().await?).await?,
            Err(_) => None,
        };
        let stored = Logical::open(reader, &numbered(wanted), READ_ROWS).await?;
        Ok(Self { reader: reader.clone(), stored, traces })
    }

    /// `None` after the last.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let Some(batch) = self.stored.next().await? else { return Ok(None) };
        let rows = with_trace_ids(batch, self.traces.as_ref());
        rows.map(Some).map_err(|error| self.reader.undecodable(error.into()))
    }
}

/// Every row of a segment at once: for tests and small segments.
pub async fn read_all(
    store: Arc<dyn ObjectStore>,
    row: &SegmentRow,
    key: &TenantKey,
) -> Result<Vec<RecordBatch>, Error> {
    let reader = ExtentReader::of(store, row, key)?;
    let (mut rows, mut batches) = (SegmentRows::open(&reader, row.table).await?, Vec::new());
    while let Some(batch) = rows.next().await? {
        batches.push(batch);
    }
    Ok(batches)
}

/// Some columns of every row of a segment, as the lake's table has them.
pub async fn read_columns(
    reader: &ExtentReader,
    table: Table,
    columns: &[&str],
) -> Result<Vec<RecordBatch>, Error> {
    let table = schema::of(table);
    let fields = columns.iter().map(|column| table.field_with_name(column).cloned());
    let fields = fields.collect::<Result<Vec<Field>, _>>().map_err(Error::Sort)?;
    let (mut rows, mut batches) =
        (SegmentRows::of(reader, &Arc::new(Schema::new(fields))).await?, Vec::new());
    while let Some(batch) = rows.next().await? {
        batches.push(batch);
    }
    Ok(batches)
}

fn external(error: Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

/// The inverse of what the writer did with `trace_id`.
fn with_trace_ids(stored: RecordBatch, table: Option<&TraceTable>) -> Result<RecordBatch, ArrowError> {
    let Ok(column) = stored.schema().index_of(TRACE_NUMBER) else { return Ok(stored) };
    let ids = trace_ids(stored.column(column).as_primitive(), table)?;
    let mut fields: Vec<FieldRef> = stored.schema().fields().iter().cloned().collect();
    fields[column] = Arc::new(Field::new("trace_id", ids.data_type().clone(), fields[column].is_nullable()));
    let mut columns = stored.columns().to_vec();
    columns[column] = Arc::new(ids);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// Ids by their numbers. A number that the table lacks means damage, and is an error.
pub fn trace_ids(
    numbers: &UInt32Array,
    table: Option<&TraceTable>,
) -> Result<FixedSizeBinaryArray, ArrowError> {
    let mut ids = FixedSizeBinaryBuilder::with_capacity(numbers.len(), TRACE_ID_BYTES as i32);
    for number in numbers {
        match number.map(|number| (number, table.and_then(|table| table.id(number)))) {
            None => ids.append_null(),
            Some((_, Some(id))) => ids.append_value(id)?,
            Some((number, None)) => {
                return Err(ArrowError::ParseError(format!("a row is of trace {number}, which has no id")));
            }
        }
    }
    Ok(ids.finish())
}
