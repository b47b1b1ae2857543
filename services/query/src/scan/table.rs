//! A snapshot as a table: segments through DataFusion's Parquet source, the tail from memory.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, RecordBatch},
    compute::cast,
    datatypes::{Field, Schema, SchemaRef},
};
use datafusion::{
    catalog::{Session, TableProvider},
    common::{ScalarValue, Statistics, stats::Precision},
    datasource::{
        TableType,
        listing::PartitionedFile,
        memory::MemorySourceConfig,
        physical_plan::{
            FileGroup, FileScanConfigBuilder, ParquetSource,
            parquet::{ParquetAccessPlan, RowGroupAccess},
        },
        source::DataSourceExec,
    },
    error::{DataFusionError, Result},
    execution::object_store::ObjectStoreUrl,
    logical_expr::Expr,
    physical_plan::{ExecutionPlan, union::UnionExec},
    prelude::{DataFrame, SessionContext},
};
use naru_lake::{schema, seal::TenantKey};
use naru_signal::Signal;

use super::{
    Lake, ScanError, Snapshot, TraceRef,
    adapt::{Numbered, SegmentAdapters},
    chosen::Chosen,
    error::damaged,
    reader::ExtentReaders,
};
use crate::plan::{Reach, Traces, time_within};

/// One request's table. It lives for one scan and is registered nowhere.
#[derive(Debug)]
pub(super) struct SnapshotTable {
    schema: SchemaRef,
    time_column: usize,
    segments: Vec<Chosen>,
    tail: Vec<RecordBatch>,
    reach: Reach,
    key: Option<TenantKey>,
    adapters: Arc<SegmentAdapters>,
    readers: Arc<ExtentReaders>,
    store_url: ObjectStoreUrl,
}

impl Lake {
    /// The snapshot's rows in range, for further filters. May be called several times.
    pub(crate) fn frame(&self, snapshot: &Snapshot) -> Result<DataFrame, ScanError> {
        let ask = &snapshot.ask;
        let plan = || -> Result<DataFrame> {
            let table = self.table(snapshot)?;
            let frame = SessionContext::new_with_state(self.state.clone()).read_table(Arc::new(table))?;
            match ask.traces {
                Traces::Of(_) => Ok(frame),
                Traces::Any | Traces::Shown => {
                    frame.filter(time_within(schema::time_column(ask.signal), ask.range))
                }
            }
        };
        plan().map_err(ScanError::plan(ask.signal))
    }

    /// The snapshot's rows, also those out of range that lie beside the others.
    pub(super) fn table(&self, snapshot: &Snapshot) -> Result<SnapshotTable> {
        let schema = wanted_schema(snapshot)?;
        Ok(SnapshotTable {
            time_column: schema.index_of(schema::time_column(snapshot.ask.signal))?,
            schema,
            segments: snapshot.segments.clone(),
            tail: snapshot.tail.clone(),
            reach: snapshot.ask.reach,
            key: snapshot.key.clone(),
            adapters: Arc::new(adapters(snapshot, &self.readers)),
            readers: Arc::clone(&self.readers),
            store_url: self.store_url.clone(),
        })
    }
}

/// The asked columns, or all; traces as a scan tells them.
pub(super) fn wanted_schema(snapshot: &Snapshot) -> Result<SchemaRef> {
    let full = schema::of(snapshot.ask.signal);
    let asked: Vec<&Field> = match snapshot.ask.columns.as_slice() {
        [] => full.fields().iter().map(AsRef::as_ref).collect(),
        names => {
            names.iter().map(|name| full.field_with_name(name)).collect::<std::result::Result<_, _>>()?
        }
    };
    Ok(Arc::new(Schema::new(asked.into_iter().map(as_scanned).collect::<Vec<_>>())))
}

/// All columns of a signal's table, as scans answer them.
pub(super) fn scan_schema(signal: Signal) -> SchemaRef {
    let full = schema::of(signal);
    Arc::new(Schema::new(full.fields().iter().map(|field| as_scanned(field)).collect::<Vec<_>>()))
}

fn as_scanned(field: &Field) -> Field {
    match field.name().as_str() {
        "trace_id" => field.clone().with_data_type(TraceRef::DATA_TYPE),
        _ => field.clone(),
    }
}

fn adapters(snapshot: &Snapshot, readers: &Arc<ExtentReaders>) -> SegmentAdapters {
    let numbered = snapshot.segments.iter().enumerate().map(|(index, chosen)| {
        let segment = &chosen.row;
        let numbered = Numbered {
            segment: index as u32,
            place: (segment.tenant, segment.id),
            table: chosen.traces.clone(),
            span_ids: chosen.span_ids.clone(),
        };
        (segment.id.to_string(), numbered)
    });
    SegmentAdapters { segments: numbered.collect(), readers: Arc::clone(readers) }
}

/// A batch of the tail with the columns and types of a scan.
pub(super) fn tail_batch(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns: std::result::Result<Vec<ArrayRef>, _> = columns
        .map(|(column, field)| match field.data_type() == column.data_type() {
            true => Ok(Arc::clone(column)),
            false => cast(column, field.data_type()),
        })
        .collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), columns?)?)
}

#[async_trait::async_trait]
impl TableProvider for SnapshotTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Filters are not taken here: the physical optimizer moves them into the Parquet source, where they prune, and,
    /// for needles, run while decoding.
    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut inputs: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
        if !self.segments.is_empty() {
            inputs.push(self.scan_segments(state.config().target_partitions(), projection)?);
        }
        if !self.tail.is_empty() || self.segments.is_empty() {
            // Their own schema says also what the tail covers, which no segment's does.
            let tail =
                self.tail.iter().map(|batch| tail_batch(batch, &self.schema)).collect::<Result<Vec<_>>>();
            let tail = tail.map_err(damaged)?;
            inputs.push(MemorySourceConfig::try_new_exec(&[tail], self.schema(), projection.cloned())?);
        }
        UnionExec::try_new(inputs)
    }
}

impl SnapshotTable {
    fn scan_segments(
        &self,
        partitions: usize,
        projection: Option<&Vec<usize>>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let is_needle = self.reach == Reach::Needle;
        let source = ParquetSource::new(self.schema())
            .with_parquet_file_reader_factory(Arc::clone(&self.readers) as _)
            .with_pushdown_filters(is_needle)
            .with_reorder_filters(is_needle)
            .with_enable_page_index(true);
        let config = FileScanConfigBuilder::new(self.store_url.clone(), Arc::new(source))
            .with_file_groups(self.file_groups(partitions))
            .with_projection_indices(projection.cloned())?
            .with_expr_adapter(Some(Arc::clone(&self.adapters) as _))
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }

    /// Dealt out in turn: every group begins with its newest, so that "newest first" soon knows what it may skip.
    fn file_groups(&self, partitions: usize) -> Vec<FileGroup> {
        let mut groups = vec![Vec::new(); partitions.clamp(1, self.segments.len())];
        let count = groups.len();
        for (index, segment) in self.segments.iter().enumerate() {
            groups[index % count].push(self.file(segment));
        }
        groups.into_iter().map(FileGroup::new).collect()
    }

    fn file(&self, chosen: &Chosen) -> PartitionedFile {
        let segment = &chosen.row;
        let mut statistics = Statistics::new_unknown(&self.schema);
        statistics.num_rows = usize::try_from(segment.rows).map_or(Precision::Absent, Precision::Exact);
        let times = &mut statistics.column_statistics[self.time_column];
        times.min_value = Precision::Exact(ScalarValue::Int64(Some(segment.min_start_ns)));
        times.max_value = Precision::Exact(ScalarValue::Int64(Some(segment.max_start_ns)));
        times.null_count = Precision::Exact(0);
        let mut file = PartitionedFile::new(segment.path.clone(), segment.length)
            .with_extension(Arc::clone(segment))
            .with_statistics(Arc::new(statistics));
        if let Some(key) = &self.key {
            file = file.with_extension(key.clone());
        }
        if let Some(groups) = &chosen.row_groups {
            let access =
                |may_hold: &bool| if *may_hold { RowGroupAccess::Scan } else { RowGroupAccess::Skip };
            file = file.with_extension(ParquetAccessPlan::new(groups.iter().map(access).collect()));
        }
        file
    }
}
