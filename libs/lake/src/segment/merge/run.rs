//! Rows of one input of a merge in order, a batch at a time.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, RecordBatch, UInt32Array},
    compute::kernels::arity::try_unary,
    datatypes::UInt32Type,
    error::ArrowError,
    row::Rows,
};

use super::super::{ExtentReader, TRACE_NUMBER, logical::Logical, order::Order};
use crate::Error;

/// Rows decoded at a time, of each input.
pub(super) const READ_ROWS: usize = 2_048;

/// Where the rows of a run come from.
pub(super) enum Source {
    Stored(Box<Logical>),
    /// Those of the first look.
    Kept(std::vec::IntoIter<RecordBatch>),
}

impl Source {
    async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        match self {
            Self::Stored(rows) => rows.next().await,
            Self::Kept(batches) => Ok(batches.next()),
        }
    }
}

pub(super) struct Run {
    rows: Source,
    /// What they are of.
    extent: ExtentReader,
    order: Order,
    /// Old number of a trace → new one.
    numbers: Arc<[u32]>,
    keys: Option<Rows>,
    /// Where the current batch is held.
    slot: usize,
    row: usize,
    /// In memory, of a row of the current batch.
    row_bytes: usize,
}

impl Run {
    pub(super) fn new(rows: Source, extent: ExtentReader, order: Order, numbers: Arc<[u32]>) -> Self {
        Self { rows, extent, order, numbers, keys: None, slot: 0, row: 0, row_bytes: 0 }
    }

    /// The next batch, to be held at `slot`; `None` after the last.
    pub(super) async fn load(&mut self, slot: usize) -> Result<Option<RecordBatch>, Error> {
        let Some(rows) = self.rows.next().await? else { return Ok(None) };
        let rows = self.renumbered(rows).map_err(|error| self.extent.undecodable(error.into()))?;
        self.keys = Some(self.order.keys(&rows).map_err(Error::Sort)?);
        (self.slot, self.row) = (slot, 0);
        self.row_bytes = rows.get_array_memory_size() / rows.num_rows().max(1);
        Ok(Some(rows))
    }

    fn renumbered(&self, rows: RecordBatch) -> Result<RecordBatch, ArrowError> {
        let Ok(index) = rows.schema().index_of(TRACE_NUMBER) else { return Ok(rows) };
        let mut columns = rows.columns().to_vec();
        columns[index] = self.renumber(&columns[index])?;
        RecordBatch::try_new(rows.schema(), columns)
    }

    fn renumber(&self, column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        let renumbered: UInt32Array = try_unary(column.as_primitive::<UInt32Type>(), |number| {
            let new = self.numbers.get(number as usize).copied();
            new.ok_or_else(|| ArrowError::ParseError(format!("a row is of trace {number}, which has no id")))
        })?;
        Ok(Arc::new(renumbered))
    }

    /// Where the current row is: batch and row.
    pub(super) fn place(&self) -> (usize, usize) {
        (self.slot, self.row)
    }

    pub(super) fn row_bytes(&self) -> usize {
        self.row_bytes
    }

    /// The current batch is held elsewhere now.
    pub(super) fn moved(&mut self, slot: usize) {
        self.slot = slot;
    }

    /// To the next row; `false` at the end of the batch.
    pub(super) fn advance(&mut self) -> bool {
        self.row += 1;
        self.keys.as_ref().is_some_and(|keys| self.row < keys.num_rows())
    }

    /// Whether the current row of run `a` comes before that of `b`. Equal ones keep the order of the runs.
    pub(super) fn precedes(runs: &[Self], a: usize, b: usize) -> bool {
        let (Some(left), Some(right)) = (&runs[a].keys, &runs[b].keys) else { return a < b };
        (left.row(runs[a].row), a) < (right.row(runs[b].row), b)
    }
}
