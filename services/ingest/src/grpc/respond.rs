//! Answers as gRPC writes them: a message and trailers, or trailers alone.

use axum::{body::Body, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use naru_otlp::admit::Rejections;
use prost::Message;

use crate::answer::{Refusal, RpcStatus, partial_success};

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
/// google.rpc.Status with its details, base64.
const GRPC_DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");
/// Named in every answer, so that a client with another compression learns which ones are read here.
const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
const UNIMPLEMENTED: i32 = 12;
pub(super) const ONLY_EXPORT: &str =
    "only the Export calls of OTLP's trace, metrics and logs services are here";

pub(super) fn accepted(rejections: &Rejections) -> Response {
    let message = partial_success(rejections);
    let mut framed = vec![0];
    framed.extend_from_slice(&u32::try_from(message.len()).unwrap_or(0).to_be_bytes());
    framed.extend_from_slice(&message);
    let mut trailers = HeaderMap::new();
    trailers.insert(GRPC_STATUS, HeaderValue::from(0));
    let frames = [Frame::data(Bytes::from(framed)), Frame::trailers(trailers)];
    let stream = futures::stream::iter(frames.map(Ok::<_, std::convert::Infallible>));
    with_type(Response::new(Body::new(StreamBody::new(stream).boxed_unsync())))
}

pub(super) fn refused(refusal: &Refusal) -> Response {
    let status = RpcStatus::of(refusal);
    let mut response = trailers_only(status.code, &status.message);
    let details = STANDARD_NO_PAD.encode(status.encode_to_vec());
    if let Ok(details) = HeaderValue::from_str(&details) {
        response.headers_mut().insert(GRPC_DETAILS, details);
    }
    response
}

pub(super) fn unimplemented() -> Response {
    trailers_only(UNIMPLEMENTED, ONLY_EXPORT)
}

fn trailers_only(code: i32, message: &str) -> Response {
    let mut response = with_type(Response::new(Body::empty()));
    response.headers_mut().insert(GRPC_STATUS, HeaderValue::from(code));
    if let Ok(message) = HeaderValue::from_str(&percent_encoded(message)) {
        response.headers_mut().insert(GRPC_MESSAGE, message);
    }
    response
}

fn with_type(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response.headers_mut().insert(GRPC_ACCEPT_ENCODING, HeaderValue::from_static("identity,gzip,zstd"));
    response
}

/// The gRPC protocol's own encoding of messages: printable ASCII but `%` goes as it is.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b' '..=b'~' if byte != b'%' => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02X}").expect("writing to a String does not fail"),
        }
        out
    })
}
