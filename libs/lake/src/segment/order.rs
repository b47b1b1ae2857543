//! The order of rows in each slice of a segment: what is read together lies together.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, UInt32Array},
    compute::{SortColumn, SortOptions, concat, lexsort_to_indices},
    datatypes::Schema,
    error::ArrowError,
    row::{RowConverter, Rows, SortField},
};
use naru_signal::Table;

use super::slices::{SLICE_ROWS, Slices};
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

/// Rows of several batches in the order of a segment. A row is known by its number, counted over all batches.
#[derive(Debug)]
pub(super) struct Sorted {
    rows: UInt32Array,
    /// Where each slice ends in `rows`.
    ends: Vec<usize>,
    /// The number of each batch's first row.
    begins: Vec<u32>,
}

impl Sorted {
    pub(super) fn of(table: Table, batches: &[RecordBatch], times: &Int64Array) -> Result<Self, Error> {
        let mut columns = Vec::new();
        for &(name, descending) in sort_columns(table) {
            let options = Some(SortOptions { descending, nulls_first: false });
            columns.push(SortColumn { values: column(batches, name).map_err(Error::Sort)?, options });
        }
        let slices = match Slices::are_of(table) && times.len() > SLICE_ROWS {
            true => Slices::even(&mut times.values().to_vec()),
            false => Slices::whole(),
        };
        let mut counts = vec![0; slices.len()];
        let slice_of = |time_ns: &i64| {
            let slice = slices.of(*time_ns);
            counts[slice] += 1;
            slice as u32
        };
        let numbers = UInt32Array::from_iter_values(times.values().iter().map(slice_of));
        if slices.len() > 1 {
            columns.insert(0, SortColumn { values: Arc::new(numbers), options: None });
        }
        let end = |sum: &mut usize, count: usize| {
            *sum += count;
            Some(*sum)
        };
        let ends = counts.into_iter().filter(|count| *count > 0).scan(0, end).collect();
        let begin = |sum: &mut u32, batch: &RecordBatch| {
            let begin = *sum;
            *sum += batch.num_rows() as u32;
            Some(begin)
        };
        let begins = batches.iter().scan(0, begin).collect();
        Ok(Self { rows: lexsort_to_indices(&columns, None).map_err(Error::Sort)?, ends, begins })
    }

    /// Rows of each slice.
    pub(super) fn slices(&self) -> impl Iterator<Item = &[u32]> {
        let rows: &[u32] = self.rows.values();
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(move |(begin, end)| &rows[begin..*end])
    }

    /// The batch that a row is in, and where.
    pub(super) fn place(&self, row: u32) -> (usize, usize) {
        let batch = self.begins.partition_point(|begin| *begin <= row) - 1;
        (batch, (row - self.begins[batch]) as usize)
    }
}

/// A column of all batches.
pub(super) fn column(batches: &[RecordBatch], name: &str) -> Result<ArrayRef, ArrowError> {
    let of_batch = |batch: &RecordBatch| Ok(Arc::clone(batch.column(batch.schema_ref().index_of(name)?)));
    let columns = batches.iter().map(of_batch).collect::<Result<Vec<_>, ArrowError>>()?;
    concat(&columns.iter().map(AsRef::as_ref).collect::<Vec<_>>())
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
