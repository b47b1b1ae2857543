//! What must be known of all inputs before the first row is written.

use std::sync::Arc;

use arrow::{
    array::{AsArray, RecordBatch},
    datatypes::{FieldRef, Int64Type, Schema, SchemaRef, UInt32Type},
};
use naru_signal::Table;

use super::super::{
    TRACE_NUMBER,
    attributes::{Census, Promotion},
    erase::{Erased, Matching},
    logical::Opened,
    parents::{SpanIds, Spans},
    slices::{SLICE_ROWS, Slices},
    traces::Traces,
};
use crate::{Error, schema};

const READ_ROWS: usize = 8_192;
/// Of rows that are kept from the first look to the second. Tests have some that are not.
const KEPT_BYTES_MAX: u64 = if cfg!(test) { 48 << 10 } else { 16 << 20 };

pub(super) struct Survey {
    pub(super) traces: Traces,
    /// Per input: old number of a trace → new one.
    pub(super) renumbered: Vec<Arc<[u32]>>,
    /// By new numbers; of tables without spans, none.
    pub(super) span_ids: SpanIds,
    /// `None`: attributes stay as they were sent.
    pub(super) promotion: Option<Promotion>,
    pub(super) slices: Slices,
    pub(super) erased: Erased,
    /// Per input: its rows, where they need not be read again.
    pub(super) kept: Option<Vec<Vec<RecordBatch>>>,
}

/// Looks at all rows of all inputs. `logical`: what they will be merged as.
pub(super) async fn of(
    table: Table,
    inputs: &[Opened],
    logical: &SchemaRef,
    erasing: Option<&Matching>,
) -> Result<Survey, Error> {
    let (mut kept, mut kept_bytes) = (are_few(inputs).then(Vec::new), 0_u64);
    // A metric has few sets of attributes, and its points name them over and over: whole, they are a dictionary.
    let mut census = (table != Table::MetricPoints).then(|| Census::new(table));
    let wanted = match census {
        _ if erasing.is_some() || kept.is_some() => Arc::clone(logical),
        Some(_) => without_messages(logical),
        None => {
            only(logical, |field| field.name() == TRACE_NUMBER || field.name() == schema::time_column(table))
        }
    };
    let (mut segments, mut erased) = (Vec::with_capacity(inputs.len()), Erased::default());
    let (mut spans, mut times_ns) = (Vec::with_capacity(inputs.len()), Vec::new());
    for input in inputs {
        let extent = input.extent();
        let traces = extent.trace_table(&extent.head().await?).await?.unwrap_or_default();
        let mut begun = vec![i64::MAX; traces.len()];
        let (mut of_input, mut batches) = (Spans::default(), Vec::new());
        let mut rows = input.narrowed(&wanted).rows(input.all(), READ_ROWS)?.without(table, erasing);
        while let Some(batch) = rows.next().await? {
            note_begun(table, &batch, &mut begun);
            if Slices::are_of(table) {
                let times = batch[schema::time_column(table)].as_primitive::<Int64Type>();
                times_ns.extend_from_slice(times.values());
            }
            if table == Table::Spans {
                of_input.add(&batch);
            }
            if let Some(census) = &mut census {
                census.count(&batch);
            }
            if kept.is_some() {
                kept_bytes += batch.get_array_memory_size() as u64;
                batches.push(batch);
                // Attributes that are spelled out again are no part of the estimate.
                if kept_bytes > KEPT_BYTES_MAX {
                    (kept, batches) = (None, Vec::new());
                }
            }
            tokio::task::yield_now().await;
        }
        erased.add(std::mem::take(&mut rows.erased));
        segments.push((traces, begun));
        spans.push(of_input);
        if let Some(kept) = &mut kept {
            kept.push(batches);
        }
    }
    let (traces, renumbered) = Traces::merged(&segments);
    drop(segments);
    let slices = Slices::even(&mut times_ns);
    drop(times_ns);
    let mut all = Spans::default();
    for (of_input, numbers) in spans.into_iter().zip(&renumbered) {
        all.add_renumbered(of_input, numbers);
    }
    let promotion = census.and_then(Census::finish);
    let renumbered = renumbered.into_iter().map(Arc::from).collect();
    Ok(Survey { traces, renumbered, span_ids: all.by_trace(), promotion, slices, erased, kept })
}

/// Whether all rows are one slice and seem to fit in memory. Those of small companies' cuts are and do, and reading them twice
/// would be much of what their merge takes.
fn are_few(inputs: &[Opened]) -> bool {
    inputs.iter().map(Opened::count).sum::<usize>() <= SLICE_ROWS
        && inputs.iter().map(Opened::decoded_bytes).sum::<u64>() <= KEPT_BYTES_MAX
}

/// By number, the time of each trace's first row.
fn note_begun(table: Table, rows: &RecordBatch, begun: &mut [i64]) {
    let Some(numbers) = rows.column_by_name(TRACE_NUMBER) else { return };
    let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
    for (number, time) in numbers.as_primitive::<UInt32Type>().iter().zip(times.values()) {
        if let Some(first) = number.and_then(|number| begun.get_mut(number as usize)) {
            *first = (*first).min(*time);
        }
    }
}

/// All columns but those that are large and that no attribute repeats. Typed columns keep their places.
fn without_messages(logical: &SchemaRef) -> SchemaRef {
    only(logical, |field| !matches!(field.name().as_str(), "resource" | "events" | "links"))
}

fn only(logical: &SchemaRef, keep: impl Fn(&FieldRef) -> bool) -> SchemaRef {
    let fields: Vec<FieldRef> = logical.fields().iter().filter(|field| keep(field)).cloned().collect();
    Arc::new(Schema::new(fields))
}
