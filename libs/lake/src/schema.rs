//! The tables of the lake as Arrow schemas. Column names and types are the contract with query and the web.
//!
//! Times are unix nanoseconds UTC (`…_ns`) or milliseconds (`…_ms`) as `Int64`. `attributes` and `resource` are what the
//! agent sent, as protobuf messages whose repeated field 1 is OTLP's `KeyValue` (a `KeyValueList`); field 1 of `events` is
//! its `Span.Event`, of `links` its `Span.Link`. Typed columns beside them hold the normalised names.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use naru_signal::Table;

static SPANS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        needed("trace_id", DataType::FixedSizeBinary(16)),
        needed("span_id", DataType::FixedSizeBinary(8)),
        optional("parent_span_id", DataType::FixedSizeBinary(8)),
        needed("is_entry", DataType::Boolean),
        needed("start_ns", DataType::Int64),
        needed("duration_ns", DataType::Int64),
        needed("name", DataType::Utf8),
        needed("kind", DataType::UInt8),
        needed("status_code", DataType::UInt8),
        optional("status_message", DataType::Utf8),
        needed("service_name", DataType::Utf8),
        optional("service_instance", DataType::Utf8),
        optional("service_version", DataType::Utf8),
        optional("deployment_environment", DataType::Utf8),
        optional("host_name", DataType::Utf8),
        optional("telemetry_sdk_language", DataType::Utf8),
        optional("http_method", DataType::Utf8),
        optional("http_route", DataType::Utf8),
        optional("http_status_code", DataType::Int32),
        optional("url_path", DataType::Utf8),
        optional("url_full", DataType::Utf8),
        optional("server_address", DataType::Utf8),
        optional("server_port", DataType::Int32),
        optional("client_address", DataType::Utf8),
        optional("user_agent", DataType::Utf8),
        optional("user_id", DataType::Utf8),
        optional("session_id", DataType::Utf8),
        optional("db_system", DataType::Utf8),
        optional("db_namespace", DataType::Utf8),
        optional("db_operation", DataType::Utf8),
        optional("db_statement", DataType::Utf8),
        optional("rpc_system", DataType::Utf8),
        optional("rpc_method", DataType::Utf8),
        optional("messaging_system", DataType::Utf8),
        optional("messaging_destination", DataType::Utf8),
        optional("messaging_operation", DataType::Utf8),
        optional("error_type", DataType::Utf8),
        optional("exception_type", DataType::Utf8),
        optional("exception_message", DataType::Utf8),
        optional("exception_stacktrace", DataType::Utf8),
        needed("operation", DataType::Utf8),
        optional("scope_name", DataType::Utf8),
        needed("attributes", DataType::Binary),
        needed("resource", DataType::Binary),
        optional("events", DataType::Binary),
        optional("links", DataType::Binary),
        needed("received_ms", DataType::Int64),
    ]))
});

static METRIC_POINTS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        needed("time_ns", DataType::Int64),
        optional("start_ns", DataType::Int64),
        needed("name", DataType::Utf8),
        optional("unit", DataType::Utf8),
        optional("description", DataType::Utf8),
        needed("kind", DataType::Utf8),
        optional("temporality", DataType::Utf8),
        optional("is_monotonic", DataType::Boolean),
        optional("value", DataType::Float64),
        optional("count", DataType::UInt64),
        optional("sum", DataType::Float64),
        optional("min", DataType::Float64),
        optional("max", DataType::Float64),
        optional("buckets", DataType::Utf8),
        needed("service_name", DataType::Utf8),
        optional("service_instance", DataType::Utf8),
        needed("attributes", DataType::Binary),
        needed("resource", DataType::Binary),
        optional("exemplars", DataType::Binary),
        needed("received_ms", DataType::Int64),
    ]))
});

static LOG_RECORDS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        needed("time_ns", DataType::Int64),
        optional("observed_ns", DataType::Int64),
        needed("severity_number", DataType::UInt8),
        optional("severity_text", DataType::Utf8),
        needed("body", DataType::Utf8),
        optional("trace_id", DataType::FixedSizeBinary(16)),
        optional("span_id", DataType::FixedSizeBinary(8)),
        needed("service_name", DataType::Utf8),
        optional("service_instance", DataType::Utf8),
        optional("exception_type", DataType::Utf8),
        needed("attributes", DataType::Binary),
        needed("resource", DataType::Binary),
        needed("received_ms", DataType::Int64),
    ]))
});

static ROLLUPS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        needed("kind", DataType::UInt8),
        needed("at_ns", DataType::Int64),
        needed("service", DataType::Utf8),
        needed("name", DataType::Utf8),
        optional("ok", DataType::Binary),
        optional("failed", DataType::Binary),
        optional("apdex", DataType::Binary),
        optional("people", DataType::Binary),
        optional("samples", DataType::Binary),
        optional("text", DataType::Utf8),
    ]))
});

fn needed(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, false)
}

fn optional(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, true)
}

/// One row per span.
#[must_use]
pub fn spans() -> SchemaRef {
    Arc::clone(&SPANS)
}

/// One row per data point of a metric. `kind` is gauge, sum, histogram, exponential_histogram or summary.
///
/// `buckets` (JSON) is `{"bounds":[…],"counts":[…]}` of a histogram (one count more than bounds),
/// `{"scale":…,"zero_count":…,"zero_threshold":…,"positive":{"offset":…,"counts":[…]},"negative":{…}}` of an exponential
/// histogram, `{"quantiles":[[q,value],…]}` of a summary. `exemplars` holds OTLP's messages as field 1, one after the other.
#[must_use]
pub fn metric_points() -> SchemaRef {
    Arc::clone(&METRIC_POINTS)
}

/// One row per log record.
#[must_use]
pub fn log_records() -> SchemaRef {
    Arc::clone(&LOG_RECORDS)
}

/// One row per kind of summary, bucket of time, service and name; [`crate::rollup::Row`] says what the cells mean.
#[must_use]
pub fn rollups() -> SchemaRef {
    Arc::clone(&ROLLUPS)
}

/// The schema of a table, or of a signal's.
#[must_use]
pub fn of(table: impl Into<Table>) -> SchemaRef {
    match table.into() {
        Table::Spans => spans(),
        Table::MetricPoints => metric_points(),
        Table::LogRecords => log_records(),
        Table::RollupDeltas | Table::Rollups10s | Table::Rollups1m | Table::Rollups1h => rollups(),
    }
}

/// The column that a time range means, which the catalog keeps minimum and maximum of.
#[must_use]
pub fn time_column(table: impl Into<Table>) -> &'static str {
    match table.into() {
        Table::Spans => "start_ns",
        Table::MetricPoints | Table::LogRecords => "time_ns",
        Table::RollupDeltas | Table::Rollups10s | Table::Rollups1m | Table::Rollups1h => "at_ns",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_its_time_column_as_int64() {
        for table in Table::ALL {
            let schema = of(table);
            let field = schema.field_with_name(time_column(table)).unwrap();
            assert_eq!((field.data_type(), field.is_nullable()), (&DataType::Int64, false), "{table}");
        }
    }
}
