//! The newest rows of many, without holding many more.

use arrow::{
    array::RecordBatch,
    compute::{SortOptions, concat_batches, sort_to_indices, take_record_batch},
    error::ArrowError,
};
use datafusion::error::DataFusionError;

use super::ScanError;

/// The `max` rows with the greatest values of an integer column.
#[derive(Debug)]
pub(crate) struct Newest {
    column: &'static str,
    max: usize,
    held: Vec<RecordBatch>,
    rows: usize,
}

impl Newest {
    #[must_use]
    pub(crate) const fn new(column: &'static str, max: usize) -> Self {
        Self { column, max, held: Vec::new(), rows: 0 }
    }

    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        self.rows += batch.num_rows();
        self.held.push(batch.clone());
        // With room for as many again, what is kept is sorted out rarely.
        if self.rows >= self.max * 2 {
            self.sort_out()?;
        }
        Ok(())
    }

    /// The newest first; `None` of no rows.
    pub(crate) fn finish(mut self) -> Result<Option<RecordBatch>, ScanError> {
        self.sort_out()?;
        Ok(self.held.pop())
    }

    fn sort_out(&mut self) -> Result<(), ScanError> {
        let Some(first) = self.held.first() else { return Ok(()) };
        let sorted = || -> Result<RecordBatch, ArrowError> {
            let all = concat_batches(&first.schema(), &self.held)?;
            let newest_first = SortOptions { descending: true, nulls_first: false };
            let order = sort_to_indices(&all[self.column], Some(newest_first), Some(self.max))?;
            take_record_batch(&all, &order)
        };
        let sorted = sorted().map_err(DataFusionError::from)?;
        self.rows = sorted.num_rows();
        self.held = vec![sorted];
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{ArrayRef, AsArray, Int64Array},
        datatypes::Int64Type,
    };

    use super::*;

    #[test]
    fn of_many_rows_the_newest_are_held_and_no_more() {
        let batch = |times: Vec<i64>| {
            let times: ArrayRef = Arc::new(Int64Array::from(times));
            RecordBatch::try_from_iter([("time_ns", times)]).unwrap()
        };
        let mut newest = Newest::new("time_ns", 3);
        assert!(Newest::new("time_ns", 3).finish().unwrap().is_none());
        for round in 0..50 {
            newest.add(&batch(vec![round, 100 - round])).unwrap();
            assert!(newest.rows < 6, "{} held", newest.rows);
        }
        let rows = newest.finish().unwrap().unwrap();
        assert_eq!(rows.column(0).as_primitive::<Int64Type>().values(), &[100, 99, 98]);
    }
}
