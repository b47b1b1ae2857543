//! Rows of spans to points of the Transaction Field.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{Int64Type, UInt8Type},
};
use naru_ids::UnixMs;
use naru_signal::StatusCode;
use naru_writer_api::LivePoint;

/// Rows that the gateway received longer ago than this come from a replay.
const AGE_MAX_MS: i64 = 30_000;
const NS_PER_MS: f64 = 1e6;

/// One point per entry span received lately.
pub(super) fn of(rows: &RecordBatch, now: UnixMs) -> Vec<LivePoint> {
    read(rows, i64::try_from(now.0).unwrap_or(i64::MAX)).unwrap_or_default()
}

fn read(rows: &RecordBatch, now_ms: i64) -> Option<Vec<LivePoint>> {
    let is_entry = rows.column_by_name("is_entry")?.as_boolean_opt()?;
    let start_ns = rows.column_by_name("start_ns")?.as_primitive_opt::<Int64Type>()?;
    let duration_ns = rows.column_by_name("duration_ns")?.as_primitive_opt::<Int64Type>()?;
    let received_ms = rows.column_by_name("received_ms")?.as_primitive_opt::<Int64Type>()?;
    let status = rows.column_by_name("status_code")?.as_primitive_opt::<UInt8Type>()?;
    let application = rows.column_by_name("service_name")?.as_string_opt::<i32>()?;
    let instance = rows.column_by_name("service_instance")?.as_string_opt::<i32>()?;
    let operation = rows.column_by_name("operation")?.as_string_opt::<i32>()?;
    let trace_id = rows.column_by_name("trace_id")?.as_fixed_size_binary_opt()?;
    let span_id = rows.column_by_name("span_id")?.as_fixed_size_binary_opt()?;
    let points = (0..rows.num_rows())
        .filter(|&row| is_entry.value(row) && now_ms - received_ms.value(row) <= AGE_MAX_MS)
        .map(|row| LivePoint {
            start_ms: start_ns.value(row) as f64 / NS_PER_MS,
            duration_ms: duration_ns.value(row) as f64 / NS_PER_MS,
            error: status.value(row) == StatusCode::Error.code(),
            application: application.value(row).to_owned(),
            instance: if instance.is_valid(row) { instance.value(row).to_owned() } else { String::new() },
            operation: operation.value(row).to_owned(),
            trace_id: hex::encode(trace_id.value(row)),
            span_id: hex::encode(span_id.value(row)),
        })
        .collect();
    Some(points)
}
