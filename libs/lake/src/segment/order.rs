//! The order of rows: what is read together lies together.

use arrow::{
    array::{ArrayRef, RecordBatch},
    compute::{SortColumn, SortOptions, lexsort_to_indices, take_record_batch},
    datatypes::Schema,
    error::ArrowError,
    row::{RowConverter, Rows, SortField},
};
use naru_signal::Table;

use crate::Error;

/// Column and descending.
pub(super) fn sort_columns(table: Table) -> &'static [(&'static str, bool)] {
    match table {
        // Entry spans sit together per service: lists, heatmaps and selections touch only that prefix.
        Table::Spans => &[("service_name", false), ("is_entry", true), ("start_ns", false)],
        Table::MetricPoints => &[("name", false), ("service_name", false), ("time_ns", false)],
        Table::LogRecords => &[("service_name", false), ("time_ns", false)],
        // One kind over some time is what a reader wants; services come out of a page.
        Table::RollupDeltas | Table::Rollups10s | Table::Rollups1m | Table::Rollups1h => {
            &[("kind", false), ("at_ns", false), ("service", false), ("name", false)]
        }
    }
}

pub(super) fn sort(table: Table, rows: &RecordBatch) -> Result<RecordBatch, Error> {
    let columns: Vec<SortColumn> = sort_columns(table)
        .iter()
        .filter_map(|&(name, descending)| {
            let options = Some(SortOptions { descending, nulls_first: false });
            rows.column_by_name(name).map(|values| SortColumn { values: values.clone(), options })
        })
        .collect();
    let order = lexsort_to_indices(&columns, None).map_err(Error::Sort)?;
    take_record_batch(rows, &order).map_err(Error::Sort)
}

/// Compares rows of several batches by the table's order.
#[derive(Debug)]
pub(super) struct Order {
    columns: Vec<usize>,
    converter: RowConverter,
}

impl Order {
    pub(super) fn of(table: Table, schema: &Schema) -> Result<Self, ArrowError> {
        let (mut columns, mut fields) = (Vec::new(), Vec::new());
        for &(name, descending) in sort_columns(table) {
            let index = schema.index_of(name)?;
            let options = SortOptions { descending, nulls_first: false };
            columns.push(index);
            fields.push(SortField::new_with_options(schema.field(index).data_type().clone(), options));
        }
        Ok(Self { columns, converter: RowConverter::new(fields)? })
    }

    /// One comparable key per row.
    pub(super) fn keys(&self, rows: &RecordBatch) -> Result<Rows, ArrowError> {
        let columns: Vec<ArrayRef> = self.columns.iter().map(|&column| rows.column(column).clone()).collect();
        self.converter.convert_columns(&columns)
    }
}
