//! From a snapshot's batches to what a ticket asks for: rows in range or of one trace, columns in the asked order.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, BooleanArray, RecordBatch},
    buffer::BooleanBuffer,
    compute::{and, cast, filter_record_batch, kernels::cmp},
    datatypes::{Field, Int64Type, Schema, SchemaRef},
    error::ArrowError,
};
use naru_lake::schema;
use naru_writer_api::TailTicket;

#[derive(Debug, thiserror::Error)]
pub(crate) enum SelectError {
    #[error("there is no column `{name}` in {table}")]
    UnknownColumn { name: String, table: &'static str },
    #[error("`{got}` is not a trace id of 32 hex letters")]
    TraceId { got: String },
    #[error("selecting rows of the tail")]
    Arrow(#[from] ArrowError),
}

/// The answer's schema (plain lake types) and batches.
pub(crate) fn select(
    ticket: &TailTicket,
    batches: &[RecordBatch],
) -> Result<(SchemaRef, Vec<RecordBatch>), SelectError> {
    let wanted = wanted_schema(ticket)?;
    let traces = ticket.trace_ids.as_deref().map(parse_trace_ids).transpose()?;
    let mut selected = Vec::new();
    for batch in batches {
        let keep = rows_to_keep(ticket, traces.as_deref(), batch)?;
        if keep.true_count() == 0 {
            continue;
        }
        // Columns first, so that nobody filters what nobody reads.
        let narrow = project(&wanted, batch)?;
        let rows =
            if keep.true_count() == keep.len() { narrow } else { filter_record_batch(&narrow, &keep)? };
        selected.push(plain(&wanted, &rows)?);
    }
    Ok((wanted, selected))
}

fn wanted_schema(ticket: &TailTicket) -> Result<SchemaRef, SelectError> {
    let full = schema::of(ticket.table);
    if ticket.columns.is_empty() {
        return Ok(full);
    }
    let field = |name: &String| {
        full.field_with_name(name)
            .cloned()
            .map_err(|_| SelectError::UnknownColumn { name: name.clone(), table: ticket.table.as_str() })
    };
    Ok(Arc::new(Schema::new(ticket.columns.iter().map(field).collect::<Result<Vec<Field>, _>>()?)))
}

/// Rising, as numbers: those are compared in one step, and a tail has many rows.
fn parse_trace_ids(texts: &[String]) -> Result<Vec<u128>, SelectError> {
    let mut ids = texts.iter().map(|text| parse_trace_id(text)).collect::<Result<Vec<_>, _>>()?;
    ids.sort_unstable();
    Ok(ids)
}

fn parse_trace_id(text: &str) -> Result<u128, SelectError> {
    let refuse = || SelectError::TraceId { got: text.chars().take(40).collect() };
    if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refuse());
    }
    u128::from_str_radix(text, 16).map_err(|_| refuse())
}

/// Traces are wanted whatever their times; without them, the time range decides.
fn rows_to_keep(
    ticket: &TailTicket,
    traces: Option<&[u128]>,
    batch: &RecordBatch,
) -> Result<BooleanArray, SelectError> {
    if let Some(traces) = traces {
        return Ok(BooleanArray::new(rows_of(traces, batch), None));
    }
    let column = schema::time_column(ticket.table);
    let times = batch
        .column_by_name(column)
        .and_then(|times| times.as_primitive_opt::<Int64Type>())
        .ok_or_else(|| ArrowError::SchemaError(format!("no {column} in a tail batch")))?;
    let from = arrow::array::Int64Array::new_scalar(ticket.from_ns);
    let to = arrow::array::Int64Array::new_scalar(ticket.to_ns);
    Ok(and(&cmp::gt_eq(times, &from)?, &cmp::lt(times, &to)?)?)
}

/// Read as numbers from where they lie: a tail has more rows than any segment that is looked into.
fn rows_of(traces: &[u128], batch: &RecordBatch) -> BooleanBuffer {
    let ids = batch.column_by_name("trace_id").and_then(|column| column.as_fixed_size_binary_opt());
    let (Some(ids), Some(first), Some(last)) = (ids, traces.first(), traces.last()) else {
        return BooleanBuffer::new_unset(batch.num_rows());
    };
    let is_among = |id: u128| (*first..=*last).contains(&id) && traces.binary_search(&id).is_ok();
    let (cells, _) = ids.value_data().as_chunks();
    let among = BooleanBuffer::collect_bool(ids.len(), |row| is_among(u128::from_be_bytes(cells[row])));
    match ids.nulls() {
        Some(valid) => &among & valid.inner(),
        None => among,
    }
}

fn project(wanted: &Schema, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let held = batch.schema();
    let columns: Vec<usize> =
        wanted.fields().iter().map(|field| held.index_of(field.name())).collect::<Result<_, _>>()?;
    batch.project(&columns)
}

/// The tail holds some columns as dictionaries; readers see the lake's plain types.
fn plain(wanted: &SchemaRef, rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = rows
        .columns()
        .iter()
        .zip(wanted.fields())
        .map(|(column, field)| {
            if column.data_type() == field.data_type() {
                Ok(Arc::clone(column))
            } else {
                cast(column, field.data_type())
            }
        })
        .collect::<Result<_, _>>()?;
    RecordBatch::try_new(Arc::clone(wanted), columns)
}
