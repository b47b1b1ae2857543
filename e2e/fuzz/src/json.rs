//! OTLP/JSON: what is taken becomes a request like any other.

use bytes::Bytes;
use naru_ingest::json_to_protobuf;
use naru_signal::Signal;
use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use prost::Message;

use crate::otlp::{admitted, seeds};

/// The first byte says which signal the text is of.
pub fn check(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let signal = Signal::ALL[usize::from(*first) % Signal::ALL.len()];
    let Some(request) = json_to_protobuf(signal, Bytes::copy_from_slice(text)) else { return };
    let decodes = match signal {
        Signal::Traces => ExportTraceServiceRequest::decode(request.clone()).is_ok(),
        Signal::Metrics => ExportMetricsServiceRequest::decode(request.clone()).is_ok(),
        Signal::Logs => ExportLogsServiceRequest::decode(request.clone()).is_ok(),
    };
    // Deep values are written, and refused by whoever reads them next.
    let is_request = decodes && admitted(signal, &request).is_ok();
    assert!(is_request || is_deep(text), "what was taken is no request");
}

fn is_deep(text: &[u8]) -> bool {
    text.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() > 32
}

#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        serde_json::to_vec(&seeds::trace_request()),
        serde_json::to_vec(&seeds::metric_request()),
        serde_json::to_vec(&seeds::log_request()),
    ];
    let seed = |(first, text): (usize, serde_json::Result<Vec<u8>>)| {
        [&[first as u8], &text.expect("a request is JSON")[..]].concat()
    };
    texts.into_iter().enumerate().map(seed).collect()
}
