//! What can go wrong in a request, and what its sender is told.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use naru_auth::Forbidden;
use naru_http::{FieldError, Problem};

use crate::{
    clients::DirectoryError,
    http::{Full, STREAMS_PER_TENANT_MAX},
    parse::SqlError,
    plan::UnknownProject,
    scan::ScanError,
};

/// Peers and Postgres restart within seconds.
const RETRY_AFTER_S: u64 = 5;
/// Streams last: somebody closes a page.
const STREAM_RETRY_AFTER_S: u64 = 10;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    UnknownProject(#[from] UnknownProject),
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<FieldError>),
    #[error("no such {0}")]
    NotFound(&'static str),
    #[error("no usable credential: {0}")]
    Unauthorized(&'static str),
    #[error("a query took longer than {0} s")]
    TooSlow(u64),
    #[error("nobody took the next lines within {0} s")]
    NotTaken(u64),
    #[error("others' queries took too long")]
    NoTurn,
    #[error("too many queries of one tenant at a time")]
    TooMany,
    #[error("too many SQL statements of one tenant at a time")]
    TooManySql,
    #[error("a statement of SQL: {0}")]
    Sql(SqlError),
    #[error("no place for another live stream: {0:?}")]
    Streams(Full),
    #[error("subscribing to live points")]
    Live(#[from] naru_nats::Error),
}

impl From<FieldError> for Error {
    fn from(field: FieldError) -> Self {
        Self::Fields(vec![field])
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        const NARROW: &str = "ask for a shorter time range, one application, or a narrower filter";
        match error {
            Error::Scan(ScanError::Catalog(source)) => {
                tracing::warn!(error = %naru_telemetry::chain(&source), "the catalog is away, answered 503");
                Self::unavailable(RETRY_AFTER_S, "stored data cannot be found right now")
            }
            Error::Scan(ScanError::Away(problem)) => {
                tracing::warn!(error = %problem, "the lake's objects are away, answered 503");
                Self::unavailable(RETRY_AFTER_S, "stored data cannot be read right now")
            }
            Error::Scan(error) if error.is_damage() => {
                metrics::counter!("query_damaged_total").increment(1);
                tracing::error!(error = %naru_telemetry::chain(&error), "stored rows are damaged, answered 500");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "stored_data_damaged",
                    "a part of what is stored of this time is damaged and cannot be shown; ask for a range without it, and tell whoever runs this server",
                )
            }
            Error::Scan(ScanError::TooLarge) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "query_too_large",
                format!("this needs too much memory: {NARROW}"),
            ),
            Error::Scan(ScanError::TooManyRows { rows_max }) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "query_too_wide",
                format!("this reads more than {rows_max} rows: {NARROW}"),
            ),
            Error::Scan(ScanError::TooManyBytes { bytes_max }) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "query_too_wide",
                format!("this reads more than {} MiB: {NARROW}", bytes_max >> 20),
            ),
            Error::Sql(SqlError { message, position }) => {
                let problem = Self::bad_request("bad_sql", message);
                match position {
                    None => problem,
                    Some((line, column)) => problem.with_member("line", line).with_member("column", column),
                }
            }
            Error::TooManySql => {
                Self::too_many_requests(1, "your company runs as many SQL statements as it may; try again")
            }
            Error::TooSlow(seconds) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "query_too_slow",
                format!("this takes longer than {seconds} s: {NARROW}"),
            ),
            Error::NotTaken(seconds) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "answer_not_read",
                format!("the answer ends here: its next lines were not read within {seconds} s"),
            ),
            Error::NoTurn => {
                tracing::warn!("a query waited too long for others, answered 503");
                Self::unavailable(RETRY_AFTER_S, "many queries are running right now; try again")
            }
            Error::TooMany => {
                Self::too_many_requests(1, "too many queries of your company are running; try again")
            }
            Error::Streams(Full::Tenant) => Self::too_many_requests(
                STREAM_RETRY_AFTER_S,
                format!("your company has {STREAMS_PER_TENANT_MAX} live streams open; close one of them"),
            ),
            Error::Streams(Full::Process) => {
                tracing::warn!("all live streams are taken, answered 503");
                Self::unavailable(STREAM_RETRY_AFTER_S, "this server has no live stream left right now")
            }
            Error::Directory(source) => {
                tracing::warn!(error = %source, "console is away, answered 503");
                Self::unavailable(RETRY_AFTER_S, "who you are cannot be checked right now")
            }
            Error::Live(source) => {
                tracing::warn!(error = %naru_telemetry::chain(&source), "live points are away, answered 503");
                Self::unavailable(RETRY_AFTER_S, "live points cannot be received right now")
            }
            Error::UnknownProject(_) => Self::not_found("project"),
            Error::NotFound(what) => Self::not_found(what),
            Error::Forbidden(forbidden) => forbidden.into(),
            Error::Fields(fields) => Self::unprocessable(fields),
            Error::Unauthorized(code) => Self::unauthorized(
                code,
                "log in, or send an API token of this company as Authorization: Bearer nat_…",
            )
            .with_member("login_url", "/auth/start"),
            other => Self::internal(&other),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_gets_no_stream_is_told_whose_places_are_taken() {
        let told = |full| {
            let problem = Problem::from(Error::Streams(full));
            format!("{problem:?}")
        };
        assert!(
            told(Full::Tenant).contains("your company has 250 live streams open"),
            "{}",
            told(Full::Tenant)
        );
        assert!(
            told(Full::Process).contains("this server has no live stream left"),
            "{}",
            told(Full::Process)
        );
    }
}
