//! The columns that SQL knows, and what of the lake's tables they are.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::logical_expr::{Expr, case, cast, col, lit};
use naru_signal::{Signal, SpanKind, StatusCode};

use crate::{parse::NS_PER_MS, scan::hex_of};

/// How a column is shown.
#[derive(Debug, Clone, Copy)]
enum As {
    Is,
    /// Nanoseconds as a timestamp.
    Time,
    /// Nanoseconds as milliseconds.
    Ms,
    /// Bytes as hex letters.
    Hex,
    Kind,
    Status,
    /// Told from attributes by their type.
    Exemplars,
}

/// (name, the lake's column, how it is shown)
type Column = (&'static str, &'static str, As);

const SPANS: &[Column] = &[
    ("time", "start_ns", As::Time),
    ("duration_ms", "duration_ns", As::Ms),
    ("trace_id", "trace_id", As::Hex),
    ("span_id", "span_id", As::Hex),
    ("parent_span_id", "parent_span_id", As::Hex),
    ("is_transaction", "is_entry", As::Is),
    ("name", "name", As::Is),
    ("operation", "operation", As::Is),
    ("kind", "kind", As::Kind),
    ("status", "status_code", As::Status),
    ("status_message", "status_message", As::Is),
    ("application", "service_name", As::Is),
    ("instance", "service_instance", As::Is),
    ("version", "service_version", As::Is),
    ("environment", "deployment_environment", As::Is),
    ("host", "host_name", As::Is),
    ("language", "telemetry_sdk_language", As::Is),
    ("http_method", "http_method", As::Is),
    ("http_route", "http_route", As::Is),
    ("http_status_code", "http_status_code", As::Is),
    ("url_path", "url_path", As::Is),
    ("url_full", "url_full", As::Is),
    ("server_address", "server_address", As::Is),
    ("server_port", "server_port", As::Is),
    ("client_address", "client_address", As::Is),
    ("user_agent", "user_agent", As::Is),
    ("user_id", "user_id", As::Is),
    ("session_id", "session_id", As::Is),
    ("db_system", "db_system", As::Is),
    ("db_namespace", "db_namespace", As::Is),
    ("db_operation", "db_operation", As::Is),
    ("db_statement", "db_statement", As::Is),
    ("rpc_system", "rpc_system", As::Is),
    ("rpc_method", "rpc_method", As::Is),
    ("messaging_system", "messaging_system", As::Is),
    ("messaging_destination", "messaging_destination", As::Is),
    ("messaging_operation", "messaging_operation", As::Is),
    ("error_type", "error_type", As::Is),
    ("exception_type", "exception_type", As::Is),
    ("exception_message", "exception_message", As::Is),
    ("exception_stacktrace", "exception_stacktrace", As::Is),
    ("scope", "scope_name", As::Is),
    ("attributes", "attributes", As::Is),
    ("resource", "resource", As::Is),
];

const METRIC_POINTS: &[Column] = &[
    ("time", "time_ns", As::Time),
    ("name", "name", As::Is),
    ("unit", "unit", As::Is),
    ("description", "description", As::Is),
    ("kind", "kind", As::Is),
    ("temporality", "temporality", As::Is),
    ("is_monotonic", "is_monotonic", As::Is),
    ("value", "value", As::Is),
    ("count", "count", As::Is),
    ("sum", "sum", As::Is),
    ("min", "min", As::Is),
    ("max", "max", As::Is),
    ("buckets", "buckets", As::Is),
    ("application", "service_name", As::Is),
    ("instance", "service_instance", As::Is),
    ("attributes", "attributes", As::Is),
    ("resource", "resource", As::Is),
    ("exemplars", "exemplars", As::Exemplars),
];

const LOGS: &[Column] = &[
    ("time", "time_ns", As::Time),
    ("severity_number", "severity_number", As::Is),
    ("severity", "severity_text", As::Is),
    ("body", "body", As::Is),
    ("trace_id", "trace_id", As::Hex),
    ("span_id", "span_id", As::Hex),
    ("application", "service_name", As::Is),
    ("instance", "service_instance", As::Is),
    ("exception_type", "exception_type", As::Is),
    ("attributes", "attributes", As::Is),
    ("resource", "resource", As::Is),
];

/// A table of SQL.
#[must_use]
pub(crate) fn sql_table(name: &str) -> Option<Signal> {
    match name {
        "spans" => Some(Signal::Traces),
        "metric_points" => Some(Signal::Metrics),
        "logs" => Some(Signal::Logs),
        _ => None,
    }
}

/// The inverse.
#[must_use]
pub(crate) const fn sql_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "spans",
        Signal::Metrics => "metric_points",
        Signal::Logs => "logs",
    }
}

fn columns(signal: Signal) -> &'static [Column] {
    match signal {
        Signal::Traces => SPANS,
        Signal::Metrics => METRIC_POINTS,
        Signal::Logs => LOGS,
    }
}

/// The lake's columns behind a table of SQL, each once.
pub(crate) fn lake_columns(signal: Signal) -> impl Iterator<Item = &'static str> {
    columns(signal).iter().map(|(_, column, _)| *column)
}

/// Every column of a table of SQL, out of the lake's.
#[must_use]
pub(crate) fn sql_columns(signal: Signal) -> Vec<Expr> {
    columns(signal).iter().map(|&(name, column, shown)| shown.of(column).alias(name)).collect()
}

impl As {
    fn of(self, column: &str) -> Expr {
        match self {
            Self::Is => col(column),
            Self::Time => cast(col(column), DataType::Timestamp(TimeUnit::Nanosecond, Some("+00:00".into()))),
            Self::Ms => cast(col(column), DataType::Float64) / lit(NS_PER_MS as f64),
            Self::Hex => hex_of(col(column)),
            Self::Exemplars => cast(col(column), DataType::LargeBinary),
            Self::Kind => words(column, (0..=5_u8).map(|code| (code, SpanKind::from_code(code).as_str()))),
            Self::Status => words(
                column,
                [(StatusCode::Ok.code(), "ok"), (StatusCode::Error.code(), "error")].into_iter(),
            ),
        }
    }
}

/// A word for each code, `unset` for others.
fn words(column: &str, words: impl Iterator<Item = (u8, &'static str)>) -> Expr {
    let mut cases = case(col(column));
    for (code, word) in words {
        cases = cases.when(lit(code), lit(word));
    }
    cases.otherwise(lit("unset")).expect("there is a case")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use naru_lake::schema;

    use super::*;

    #[test]
    fn every_column_is_one_of_the_lake_and_has_a_name_of_its_own() {
        for signal in Signal::ALL {
            let (schema, mut names) = (schema::of(signal), HashSet::new());
            for (name, column, _) in columns(signal) {
                assert!(names.insert(name), "{name} twice");
                assert!(schema.index_of(column).is_ok(), "{signal} has no {column}");
            }
            assert_eq!(lake_columns(signal).collect::<HashSet<_>>().len(), names.len());
            assert_eq!(sql_columns(signal).len(), names.len());
        }
    }
}
