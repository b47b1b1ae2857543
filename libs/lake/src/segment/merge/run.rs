//! One input of a merge: its rows in order, a batch at a time.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, RecordBatch, UInt32Array, new_null_array},
    compute::kernels::arity::try_unary,
    datatypes::{SchemaRef, UInt32Type},
    error::ArrowError,
    row::Rows,
};
use futures::TryStreamExt;
use parquet::arrow::{ParquetRecordBatchStreamBuilder, async_reader::ParquetRecordBatchStream};

use super::super::{ExtentReader, TRACE_NUMBER, order::Order};
use crate::Error;

/// Rows decoded at a time, of each input.
const READ_ROWS: usize = 2_048;

pub(super) struct Run {
    extent: ExtentReader,
    stream: ParquetRecordBatchStream<ExtentReader>,
    schema: SchemaRef,
    order: Order,
    /// Old number of a trace → new one.
    numbers: Vec<u32>,
    keys: Option<Rows>,
    /// Where the current batch is held.
    slot: usize,
    row: usize,
}

impl Run {
    /// Answers rows of `schema`.
    pub(super) async fn open(
        extent: &ExtentReader,
        schema: &SchemaRef,
        order: Order,
        numbers: Vec<u32>,
    ) -> Result<Self, Error> {
        let builder = ParquetRecordBatchStreamBuilder::new(extent.clone()).await;
        let stream = builder.and_then(|builder| builder.with_batch_size(READ_ROWS).build());
        Ok(Self {
            extent: extent.clone(),
            stream: stream.map_err(|source| extent.undecodable(source))?,
            schema: Arc::clone(schema),
            order,
            numbers,
            keys: None,
            slot: 0,
            row: 0,
        })
    }

    /// The next batch, to be held at `slot`; `None` after the last.
    pub(super) async fn load(&mut self, slot: usize) -> Result<Option<RecordBatch>, Error> {
        let failed = |source| self.extent.undecodable(source);
        let Some(stored) = self.stream.try_next().await.map_err(failed)? else { return Ok(None) };
        let rows = self.conform(&stored).map_err(|error| self.extent.undecodable(error.into()))?;
        self.keys = Some(self.order.keys(&rows).map_err(Error::Sort)?);
        (self.slot, self.row) = (slot, 0);
        Ok(Some(rows))
    }

    /// Columns of the wanted schema by name. One that the table has had only since is null in older segments.
    fn conform(&self, stored: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let columns: Result<Vec<ArrayRef>, ArrowError> = self
            .schema
            .fields()
            .iter()
            .map(|field| match stored.column_by_name(field.name()) {
                Some(column) if field.name() == TRACE_NUMBER => self.renumber(column),
                Some(column) => Ok(Arc::clone(column)),
                None => Ok(new_null_array(field.data_type(), stored.num_rows())),
            })
            .collect();
        RecordBatch::try_new(Arc::clone(&self.schema), columns?)
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
