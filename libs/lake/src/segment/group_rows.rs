//! Some rows of one row group, by their places in it.

use std::ops::Range;

use arrow::{array::RecordBatch, datatypes::Schema};
use parquet::arrow::arrow_reader::RowSelection;

use super::{
    ExtentReader, Footer,
    logical::{Logical, Opened, Part},
    write::numbered,
};
use crate::Error;

/// Decoded at a time.
const READ_ROWS: usize = 8_192;

/// How texts are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    Spelled,
    /// As keys of dictionaries, which is how most of them are stored.
    Keys,
}

/// Rows in order, a batch at a time. In the place of `trace_id` is the trace's number.
#[expect(missing_debug_implementations, reason = "a stream of rows shows nothing")]
pub struct GroupRows(Logical);

impl ExtentReader {
    /// Rows in these ranges (rising and apart) of a row group, with the table's columns that are `wanted`; neither
    /// attributes nor parents are among these. Texts come as keys of dictionaries when `texts` says so.
    pub fn rows_of_group(
        &self,
        footer: &Footer,
        wanted: &Schema,
        group: usize,
        rows: &[Range<usize>],
        texts: Texts,
    ) -> Result<GroupRows, Error> {
        let count = usize::try_from(footer.metadata().row_group(group).num_rows()).unwrap_or_default();
        let selection = RowSelection::from_consecutive_ranges(rows.iter().cloned(), count);
        let opened = Opened::simple(self, footer, numbered(wanted), texts)?;
        let part = Part { row_groups: vec![group], rows: Some(selection) };
        opened.simple_rows(part, READ_ROWS).map(GroupRows)
    }
}

impl GroupRows {
    /// `None` after the last.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        self.0.next().await
    }
}
