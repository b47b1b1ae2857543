//! What must be known of all inputs before the first row is written.

use arrow::{
    array::AsArray,
    datatypes::{Int64Type, UInt32Type},
};
use futures::TryStreamExt;
use naru_signal::Table;
use parquet::arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask};

use super::super::{
    ExtentReader, TRACE_NUMBER,
    traces::{TraceTable, Traces},
};
use crate::{Error, schema};

pub(super) struct Survey {
    pub(super) traces: Traces,
    /// Per input: old number of a trace → new one.
    pub(super) renumbered: Vec<Vec<u32>>,
}

pub(super) async fn of(table: Table, inputs: &[ExtentReader]) -> Result<Survey, Error> {
    let mut segments = Vec::with_capacity(inputs.len());
    for input in inputs {
        segments.push(match input.trace_table(&input.head().await?).await? {
            Some(traces) => {
                let begun = begun(table, input, traces.len()).await?;
                (traces, begun)
            }
            None => (TraceTable::default(), Vec::new()),
        });
    }
    let (traces, renumbered) = Traces::merged(&segments);
    Ok(Survey { traces, renumbered })
}

/// By number, the time of each trace's first row.
async fn begun(table: Table, input: &ExtentReader, traces: usize) -> Result<Vec<i64>, Error> {
    let failed = |source| input.undecodable(source);
    let builder = ParquetRecordBatchStreamBuilder::new(input.clone()).await.map_err(failed)?;
    let wanted = [TRACE_NUMBER, schema::time_column(table)];
    let mask = ProjectionMask::columns(builder.parquet_schema(), wanted);
    let mut stream = builder.with_projection(mask).build().map_err(failed)?;
    let mut begun = vec![i64::MAX; traces];
    while let Some(rows) = stream.try_next().await.map_err(failed)? {
        let numbers = rows[TRACE_NUMBER].as_primitive::<UInt32Type>();
        let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
        for (number, time) in numbers.iter().zip(times.values()) {
            if let Some(first) = number.and_then(|number| begun.get_mut(number as usize)) {
                *first = (*first).min(*time);
            }
        }
    }
    Ok(begun)
}
