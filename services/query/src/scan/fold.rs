//! Batches of a scan, one after the other, under a cap.

use arrow::array::RecordBatch;
use datafusion::prelude::DataFrame;

use super::{ScanError, batches::Batches};

/// A question that reads more rows than this should name a shorter range.
pub(crate) const ROWS_MAX: u64 = 50_000_000;

/// Runs a scan and gives each batch to `each`. Dropping the future stops the scan: a client that leaves costs nothing.
pub(crate) async fn fold(
    frame: DataFrame,
    mut each: impl FnMut(&RecordBatch) -> Result<(), ScanError>,
) -> Result<(), ScanError> {
    let started = std::time::Instant::now();
    let mut rows = 0_u64;
    // Whoever reads a day must not be in the way of whoever looks at a dashboard.
    let mut batches = Batches::of(naru_runtime::patient(), frame.execute_stream());
    while let Some(batch) = batches.next().await.map_err(ScanError::scan)? {
        rows += batch.num_rows() as u64;
        if rows > ROWS_MAX {
            return Err(ScanError::TooManyRows { rows_max: ROWS_MAX });
        }
        each(&batch)?;
    }
    metrics::histogram!("query_scan_seconds").record(started.elapsed().as_secs_f64());
    metrics::counter!("query_scanned_rows_total").increment(rows);
    Ok(())
}
