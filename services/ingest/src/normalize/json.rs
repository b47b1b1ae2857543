//! OTLP/JSON to protobuf, after which there is one path.
//!
//! The reference types of opentelemetry-proto know the mapping (ids in hex, 64-bit numbers as texts, lowerCamelCase).

use bytes::Bytes;
use naru_signal::Signal;
use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use prost::Message;
use serde::de::DeserializeOwned;

use crate::answer::Refusal;

/// Brackets within brackets. The parser's own bound is 128; OTLP needs about ten, and deep values are refused later.
const DEPTH_MAX: usize = 100;

pub(crate) fn to_protobuf(signal: Signal, json: &[u8]) -> Result<Bytes, Refusal> {
    if is_deeper_than(json, DEPTH_MAX) {
        return Err(malformed(&format!("values are nested more than {DEPTH_MAX} deep")));
    }
    match signal {
        Signal::Traces => encode::<ExportTraceServiceRequest>(json),
        Signal::Metrics => encode::<ExportMetricsServiceRequest>(json),
        Signal::Logs => encode::<ExportLogsServiceRequest>(json),
    }
}

fn encode<T: DeserializeOwned + Message>(json: &[u8]) -> Result<Bytes, Refusal> {
    let request: T = serde_json::from_slice(json).map_err(|error| malformed(&error.to_string()))?;
    Ok(request.encode_to_vec().into())
}

fn malformed(problem: &str) -> Refusal {
    Refusal::Malformed { code: "malformed", detail: format!("not an OTLP/JSON request: {problem}") }
}

/// Counts brackets outside of texts.
fn is_deeper_than(json: &[u8], max: usize) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for &byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > max {
                    return true;
                }
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_span_is_the_protobuf_span() {
        let json = br#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
            "scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"GET /",
            "kind":2,"startTimeUnixNano":"1764000000000000000","endTimeUnixNano":"1764000000005000000",
            "attributes":[{"key":"http.response.status_code","value":{"intValue":"200"}}]}]}]}]}"#;
        let bytes = to_protobuf(Signal::Traces, json).unwrap();
        let request = ExportTraceServiceRequest::decode(bytes).unwrap();
        let span = &request.resource_spans[0].scope_spans[0].spans[0];
        assert_eq!(hex::encode(&span.trace_id), "5b8efff798038103d269b633813fc60c");
        assert_eq!((span.kind, span.start_time_unix_nano), (2, 1_764_000_000_000_000_000));
    }

    #[test]
    fn nonsense_and_deep_nesting_are_refused() {
        let deep = "[".repeat(200_000);
        for json in [&b"nonsense"[..], b"[1]", deep.as_bytes()] {
            assert_eq!(to_protobuf(Signal::Logs, json).unwrap_err().http_status(), 400);
        }
        assert!(!is_deeper_than(br#"{"a":"[[[[\"[[["}"#, 1));
    }
}
