//! A table that is planned with before its rows are known: only a plan tells which columns a snapshot must hold.

use std::sync::{Arc, OnceLock};

use arrow::datatypes::SchemaRef;
use datafusion::{
    catalog::{Session, TableProvider},
    datasource::TableType,
    error::{DataFusionError, Result},
    logical_expr::Expr,
    physical_plan::ExecutionPlan,
};
use naru_signal::Signal;

use crate::scan::table::{SnapshotTable, scan_schema};

#[derive(Debug)]
pub(super) struct SqlTable {
    signal: Signal,
    schema: SchemaRef,
    pinned: OnceLock<SnapshotTable>,
}

impl SqlTable {
    pub(super) fn new(signal: Signal) -> Self {
        Self { signal, schema: scan_schema(signal), pinned: OnceLock::new() }
    }

    pub(super) const fn signal(&self) -> Signal {
        self.signal
    }

    /// From now on there are rows: of a snapshot with every column that the plan reads.
    pub(super) fn pin(&self, rows: SnapshotTable) {
        // A second time would be the same.
        let _ = self.pinned.set(rows);
    }
}

#[async_trait::async_trait]
impl TableProvider for SqlTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let missing = || DataFusionError::Internal("a scan before its snapshot".to_owned());
        let rows = self.pinned.get().ok_or_else(missing)?;
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let held = rows.schema();
        let wanted =
            projection.unwrap_or(&all).iter().map(|&column| held.index_of(self.schema.field(column).name()));
        let wanted = wanted.collect::<std::result::Result<Vec<usize>, _>>()?;
        rows.scan(state, Some(&wanted), filters, limit).await
    }
}
