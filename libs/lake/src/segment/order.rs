//! The order of rows in each slice of a segment: what is read together lies together.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, RecordBatch, UInt32Array},
    compute::{SortColumn, SortOptions, lexsort_to_indices, take_record_batch},
    datatypes::{Int64Type, Schema},
    error::ArrowError,
    row::{RowConverter, Rows, SortField},
};
use naru_signal::Table;

use super::slices::{SLICE_ROWS, Slices};
use crate::{Error, schema};

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

/// Rows in the order of a segment, and how many are in each of its slices.
pub(super) fn sort(table: Table, rows: &RecordBatch) -> Result<(RecordBatch, Vec<usize>), Error> {
    let sort_column = |(name, descending): &(&str, bool)| {
        let options = Some(SortOptions { descending: *descending, nulls_first: false });
        rows.column_by_name(name).map(|values| SortColumn { values: values.clone(), options })
    };
    let mut columns: Vec<SortColumn> = sort_columns(table).iter().filter_map(sort_column).collect();
    let slices = slices(table, rows);
    let mut counts = vec![0; slices.len()];
    if slices.len() > 1 {
        let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
        let numbers = UInt32Array::from_iter_values(times.values().iter().map(|time_ns| {
            let number = slices.of(*time_ns);
            counts[number] += 1;
            number as u32
        }));
        columns.insert(0, SortColumn { values: Arc::new(numbers), options: None });
    } else {
        counts = vec![rows.num_rows()];
    }
    counts.retain(|count| *count > 0);
    let order = lexsort_to_indices(&columns, None).map_err(Error::Sort)?;
    Ok((take_record_batch(rows, &order).map_err(Error::Sort)?, counts))
}

fn slices(table: Table, rows: &RecordBatch) -> Slices {
    if !Slices::are_of(table) || rows.num_rows() <= SLICE_ROWS {
        return Slices::whole();
    }
    let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
    Slices::even(&mut times.values().to_vec())
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
