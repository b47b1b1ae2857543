//! Rows that somebody has the right to have erased: those with an attribute of a given value.

use std::collections::BTreeSet;

use arrow::{
    array::{AsArray, BooleanArray, RecordBatch},
    compute::{filter_record_batch, not},
    datatypes::Int64Type,
    error::ArrowError,
};
use naru_signal::Table;

use super::attributes::{ATTRIBUTES, Plain, double, walk};
use crate::schema;

const HOUR_NS: i64 = 3_600_000_000_000;

/// An attribute of a row or of its resource, its value as text: `user-7`, `200`, `true`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    pub key: String,
    pub value: String,
}

/// What was left out of a merge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    pub rows: u64,
    /// Hours that lost rows, each by its beginning, unix ns: what summarises them is to be made anew.
    pub hours_ns: BTreeSet<i64>,
}

impl Erased {
    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.hours_ns.extend(other.hours_ns);
    }
}

impl Matching {
    /// The rows that stay.
    pub(super) fn without(
        &self,
        table: Table,
        rows: RecordBatch,
        erased: &mut Erased,
    ) -> Result<RecordBatch, ArrowError> {
        let columns = [ATTRIBUTES, "resource"].map(|name| rows[name].as_binary::<i32>());
        let matches: BooleanArray = (0..rows.num_rows())
            .map(|row| Some(columns.iter().any(|column| self.is_in(column.value(row)))))
            .collect();
        if matches.true_count() == 0 {
            return Ok(rows);
        }
        erased.rows += matches.true_count() as u64;
        let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
        let of_erased = times.values().iter().zip(matches.values()).filter(|(_, matches)| *matches);
        erased.hours_ns.extend(of_erased.map(|(time, _)| time - time.rem_euclid(HOUR_NS)));
        filter_record_batch(&rows, &not(&matches)?)
    }

    fn is_in(&self, message: &[u8]) -> bool {
        walk(message).filter_map(|sent| sent.plain).any(|(key, value)| {
            key == self.key
                && match value {
                    Plain::Text(text) => text == self.value,
                    Plain::Int(number) => number.to_string() == self.value,
                    Plain::Double(number) => double(number).to_string() == self.value,
                    Plain::Bool(yes) => yes.to_string() == self.value,
                }
        })
    }
}
