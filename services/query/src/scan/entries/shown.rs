//! The rows of a page, whole.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use arrow::{
    array::{AsArray, BinaryArray, RecordBatch, UInt32Array},
    compute::take_record_batch,
    datatypes::{SchemaRef, UInt32Type},
    error::ArrowError,
};
use datafusion::error::DataFusionError;
use naru_lake::segment::Texts;

use super::{At, Found};
use crate::scan::{Lake, ScanError, Snapshot, TraceRef, table::tail_batch};

impl Lake {
    /// Rows of the snapshot at these places, with the columns of a scan, in any order.
    pub(super) async fn shown(
        &self,
        snapshot: &Snapshot,
        wanted: &SchemaRef,
        found: &[Found],
    ) -> Result<Vec<RecordBatch>, ScanError> {
        let (mut tail, mut stored) = (BTreeMap::<_, Vec<u32>>::new(), BTreeMap::<_, Vec<usize>>::new());
        for found in found {
            match found.at {
                At::Tail { batch, row } => tail.entry(batch).or_default().push(row as u32),
                At::Stored { segment, group, row } => stored.entry((segment, group)).or_default().push(row),
            }
        }
        let mut batches = Vec::with_capacity(tail.len() + stored.len());
        for (batch, rows) in tail {
            let plain = tail_batch(&snapshot.tail[batch], wanted)?;
            let rows = take_record_batch(&plain, &UInt32Array::from(rows));
            batches.push(rows.map_err(DataFusionError::from)?);
        }
        for ((segment, group), mut rows) in stored {
            rows.sort_unstable();
            let chosen = &snapshot.segments[segment];
            let key = snapshot.key.as_ref().ok_or(ScanError::NoKey)?;
            let (extent, footer) = self.readers.opened(&chosen.row, key).await?;
            let failed = |error| ScanError::segment(Arc::new(error));
            let rows = extent.rows_of_group(&footer, wanted, group, &ranges(&rows), Texts::Spelled);
            let mut rows = rows.map_err(failed)?;
            while let Some(batch) = rows.next().await.map_err(failed)? {
                let rows = with_refs(&batch, wanted, segment as u32);
                batches.push(rows.map_err(DataFusionError::from)?);
            }
        }
        Ok(batches)
    }
}

/// Rising numbers as ranges.
fn ranges(rows: &[usize]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for &row in rows {
        match ranges.last_mut() {
            Some(last) if last.end == row => last.end += 1,
            _ => ranges.push(row..row + 1),
        }
    }
    ranges
}

/// With [`TraceRef`]s in the place of traces' numbers.
fn with_refs(rows: &RecordBatch, wanted: &SchemaRef, segment: u32) -> Result<RecordBatch, ArrowError> {
    let columns = rows.columns().iter().zip(wanted.fields()).map(|(column, field)| {
        match column.as_primitive_opt::<UInt32Type>() {
            Some(numbers) if field.name() == "trace_id" => Arc::new(refs(numbers, segment)),
            _ => Arc::clone(column),
        }
    });
    RecordBatch::try_new(Arc::clone(wanted), columns.collect())
}

fn refs(numbers: &UInt32Array, segment: u32) -> BinaryArray {
    numbers.iter().map(|number| number.map(|number| TraceRef::stored(segment, number))).collect()
}
