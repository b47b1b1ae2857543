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

use super::{
    slices::{SLICE_ROWS, Slices},
    sort_keys,
};
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
}

impl Sorted {
    pub(super) fn of(table: Table, batches: &[RecordBatch], times: &Int64Array) -> Result<Self, Error> {
        let mut columns = Vec::new();
        for &(name, descending) in sort_columns(table) {
            columns.push((column(batches, name).map_err(Error::Sort)?, descending));
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
        let numbers: Vec<u32> = times.values().iter().map(slice_of).collect();
        let end = |sum: &mut usize, count: usize| {
            *sum += count;
            Some(*sum)
        };
        let ends = counts.into_iter().filter(|count| *count > 0).scan(0, end).collect();
        let rows = match sort_keys::sorted(&numbers, &columns) {
            Some(rows) => rows.into(),
            None => by_columns(numbers, columns).map_err(Error::Sort)?,
        };
        Ok(Self { rows, ends })
    }

    /// Rows of each row group: of a slice, and at most so many.
    pub(super) fn groups(&self, rows_max: usize) -> impl Iterator<Item = UInt32Array> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let slices = begins.zip(self.ends.iter().copied());
        slices.flat_map(move |(begin, end)| {
            let begins = (begin..end).step_by(rows_max);
            begins.map(move |begin| self.rows.slice(begin, rows_max.min(end - begin)))
        })
    }
}

/// Slower, for any columns.
fn by_columns(slices: Vec<u32>, columns: Vec<(ArrayRef, bool)>) -> Result<UInt32Array, ArrowError> {
    let slices = SortColumn { values: Arc::new(UInt32Array::from(slices)), options: None };
    let column = |(values, descending)| {
        let options = Some(SortOptions { descending, nulls_first: false });
        SortColumn { values, options }
    };
    let columns: Vec<SortColumn> = [slices].into_iter().chain(columns.into_iter().map(column)).collect();
    lexsort_to_indices(&columns, None)
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
