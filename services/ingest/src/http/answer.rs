//! Answers in the encoding of the question.

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use naru_otlp::admit::Rejections;
use naru_signal::Signal;
use prost::Message;

use crate::answer::{Refusal, RpcStatus, partial_success, partial_success_json};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// How the request was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Protobuf,
    Json,
    /// Answered in protobuf, as OTLP's default.
    Unknown,
}

impl Wire {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            PROTOBUF | "application/protobuf" => Self::Protobuf,
            JSON => Self::Json,
            _ => Self::Unknown,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Json => "http/json",
            Self::Protobuf | Self::Unknown => "http/protobuf",
        }
    }

    pub(super) fn accepted(self, signal: Signal, rejections: &Rejections) -> Response {
        match self {
            Self::Json => {
                let rejected = match signal {
                    Signal::Traces => "rejectedSpans",
                    Signal::Metrics => "rejectedDataPoints",
                    Signal::Logs => "rejectedLogRecords",
                };
                respond(StatusCode::OK, JSON, partial_success_json(rejections, rejected).into_bytes())
            }
            _ => respond(StatusCode::OK, PROTOBUF, partial_success(rejections)),
        }
    }

    pub(super) fn refused(self, refusal: &Refusal) -> Response {
        let status = StatusCode::from_u16(refusal.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = RpcStatus::of(refusal);
        let mut response = match self {
            Self::Json => respond(status, JSON, body.to_json().into_bytes()),
            _ => respond(status, PROTOBUF, body.encode_to_vec()),
        };
        if let Some(after) = refusal.retry_after() {
            // Whole seconds, and never too early.
            let seconds = (after.as_millis().div_ceil(1_000)).clamp(1, 3_600) as u64;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn respond(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
