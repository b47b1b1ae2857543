//! What can go wrong in a request, and what its sender is told.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use naru_auth::Forbidden;
use naru_http::{FieldError, Problem};
use naru_nats::{CallError, Refusal};

use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Password(#[from] naru_auth::password::Error),
    #[error("asking {peer}")]
    Peer { peer: &'static str, source: CallError },
    #[error("reading the onboarding stream: {0}")]
    Onboarding(String),
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<FieldError>),
    #[error("no such {0}")]
    NotFound(&'static str),
    #[error("{code}")]
    Unauthorized { code: &'static str, detail: &'static str },
    #[error("{code}")]
    Forbidden { code: &'static str, detail: String },
    #[error("too many attempts, again in {retry_after_s} s")]
    TooMany { retry_after_s: u64 },
}

impl From<naru_postgres::Error> for Error {
    fn from(error: naru_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<Forbidden> for Error {
    fn from(forbidden: Forbidden) -> Self {
        let detail =
            format!("the role {} does not allow this; ask an owner or admin of your company", forbidden.role);
        Self::Forbidden { code: "role_too_low", detail }
    }
}

/// Peers and Postgres restart within seconds.
const RETRY_AFTER_S: u64 = 5;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(source) if source.is_unavailable() => {
                tracing::warn!(error = %naru_telemetry::chain(&source), "postgres is away, answered 503");
                Self::unavailable(RETRY_AFTER_S, "the database cannot be reached right now")
            }
            Error::Peer { peer, source: source @ CallError::Unavailable(_) } => {
                tracing::warn!(peer, error = %naru_telemetry::chain(&source), "{peer} is away, answered 503");
                Self::unavailable(RETRY_AFTER_S, format!("{peer} cannot answer right now"))
            }
            Error::Peer { peer, source: CallError::Refused(refusal) } => match wrong_field(&refusal) {
                Some(field) => Self::unprocessable(vec![field]),
                None => Self::internal(&Error::Peer { peer, source: CallError::Refused(refusal) }),
            },
            Error::Onboarding(reason) => {
                tracing::warn!(error = %reason, "the onboarding stream is away, answered 503");
                Self::unavailable(RETRY_AFTER_S, "the event log cannot be read right now")
            }
            Error::Fields(fields) => Self::unprocessable(fields),
            Error::NotFound(what) => Self::not_found(what),
            Error::Unauthorized { code, detail } => Self::unauthorized(code, detail),
            Error::Forbidden { code, detail } => Self::new(StatusCode::FORBIDDEN, code, &detail),
            Error::TooMany { retry_after_s } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "there were too many attempts; wait a little and try again",
            )
            .with_header(http::header::RETRY_AFTER, http::HeaderValue::from(retry_after_s)),
            other => Self::internal(&other),
        }
    }
}

/// What a peer refuses for a reason that the person can mend; its sentences are made to be shown.
fn wrong_field(refusal: &Refusal) -> Option<FieldError> {
    let (field, code) = match refusal.code.as_str() {
        "name" => ("name", "invalid"),
        "too_many_keys" => ("name", "too_many"),
        "range" => ("from", "too_long"),
        _ => return None,
    };
    Some(FieldError::new(field, code, refusal.message.as_str()))
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
