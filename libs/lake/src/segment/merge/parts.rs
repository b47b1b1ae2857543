//! Which rows of the inputs go into which slice of the output.
//!
//! Inputs that were written in slices of their own mostly have whole row groups in one slice. Of a row group that lies in
//! several, each takes its rows, which are in order as the whole was.

use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::Int64Type,
};
use naru_signal::Table;
use parquet::arrow::arrow_reader::RowSelector;

use super::super::{
    logical::{Opened, Part},
    slices::Slices,
};
use crate::{Error, schema};

/// Rows of one input in one slice, in order.
#[derive(Debug)]
pub(super) struct PartOf {
    pub(super) input: usize,
    pub(super) part: Part,
}

/// All rows of all inputs, as one slice.
pub(super) fn whole(inputs: &[Opened]) -> Vec<PartOf> {
    inputs.iter().enumerate().map(|(input, opened)| PartOf { input, part: opened.all() }).collect()
}

/// By slice.
pub(super) async fn of(table: Table, inputs: &[Opened], slices: &Slices) -> Result<Vec<Vec<PartOf>>, Error> {
    if !Slices::are_of(table) {
        return Ok(vec![whole(inputs)]);
    }
    let mut parts: Vec<Vec<PartOf>> = (0..slices.len()).map(|_| Vec::new()).collect();
    for (input, opened) in inputs.iter().enumerate() {
        for group in opened.all().row_groups {
            let whole = Part { row_groups: vec![group], rows: None };
            let times = opened.footer().ends_ns(group, schema::time_column(table));
            match times.map(|(first, last)| (slices.of(first), slices.of(last))) {
                Some((first, last)) if first == last => parts[first].push(PartOf { input, part: whole }),
                _ => {
                    let times = opened.column(whole, schema::time_column(table)).await?;
                    for (slice, rows) in dealt_out(&times, slices).into_iter().enumerate() {
                        if rows.iter().any(|rows| !rows.skip) {
                            let part = Part { row_groups: vec![group], rows: Some(rows.into()) };
                            parts[slice].push(PartOf { input, part });
                        }
                    }
                }
            }
        }
    }
    Ok(parts)
}

/// For each slice, which of these rows are in it.
fn dealt_out(times: &[ArrayRef], slices: &Slices) -> Vec<Vec<RowSelector>> {
    let mut rows = vec![Vec::new(); slices.len()];
    let mut slice_of_rows = times.iter().flat_map(|times| {
        times.as_primitive::<Int64Type>().values().iter().map(|time_ns| slices.of(*time_ns))
    });
    let Some(mut slice) = slice_of_rows.next() else { return rows };
    let mut count = 1;
    let mut deal = |slice: usize, count: usize| {
        for (number, rows) in rows.iter_mut().enumerate() {
            rows.push(RowSelector { row_count: count, skip: number != slice });
        }
    };
    for next in slice_of_rows {
        if next == slice {
            count += 1;
        } else {
            deal(slice, count);
            (slice, count) = (next, 1);
        }
    }
    deal(slice, count);
    rows
}
