//! Counts what a Parquet file holds, by key.

use std::collections::HashMap;

use anyhow::Context;
use arrow::{
    array::{Array, AsArray},
    datatypes::Int64Type,
};
use parquet::{
    arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder},
    file::reader::ChunkReader,
};

use crate::corpus::{ItemKey, Signal};

const SPAN: &str = "span_id";
const TIME: &str = "time_ns";

/// How a file says of which trace and span its rows are.
pub(super) trait Ids {
    /// The column of traces; that of spans is the same everywhere.
    const TRACE: &'static str;

    fn trace(&self, column: &dyn Array, row: usize) -> anyhow::Result<u128>;
    fn span(&self, column: &dyn Array, row: usize) -> anyhow::Result<u64>;
}

/// Adds each row of a file of this signal.
pub(super) fn count<I: Ids>(
    parquet: impl ChunkReader + 'static,
    signal: Signal,
    ids: &I,
    seen: &mut HashMap<ItemKey, u32>,
) -> anyhow::Result<()> {
    let columns: &[&str] = if signal == Signal::Metrics { &[TIME] } else { &[I::TRACE, SPAN] };
    let builder = ParquetRecordBatchReaderBuilder::try_new(parquet)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    for batch in builder.with_projection(mask).build()? {
        let batch = batch?;
        let column = |name: &str| batch.column_by_name(name).with_context(|| format!("no column {name}"));
        let mut add = |key| *seen.entry(key).or_default() += 1;
        if signal == Signal::Metrics {
            let times = column(TIME)?.as_primitive_opt::<Int64Type>().context("times are no integers")?;
            times.values().iter().for_each(|time| add(ItemKey::TimeNs(time.unsigned_abs())));
            continue;
        }
        let (traces, spans) = (column(I::TRACE)?, column(SPAN)?);
        for row in 0..batch.num_rows() {
            let (trace_id, span_id) = (ids.trace(traces, row)?, ids.span(spans, row)?);
            add(ItemKey::Ids { trace_id, span_id });
        }
    }
    Ok(())
}
