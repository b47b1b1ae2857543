//! OTLP over HTTP/protobuf with gzip, as stock exporters send it.

use std::{io::Write, time::Duration};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use prost::Message;
use reqwest::StatusCode;

use super::Answer;

#[derive(Debug)]
pub struct HttpSender {
    client: reqwest::Client,
    url: String,
    key: String,
}

impl HttpSender {
    /// `endpoint` is `http://host:port`; `/v1/traces` is added.
    pub fn new(endpoint: &str, key: &str, timeout: Duration) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().timeout(timeout).no_proxy().build()?;
        Ok(Self { client, url: format!("{}/v1/traces", endpoint.trim_end_matches('/')), key: key.to_owned() })
    }

    pub(super) async fn send(&self, body: &Bytes) -> Answer {
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/x-protobuf")
            .header("content-encoding", "gzip")
            .header("x-naru-license", &self.key)
            .body(gzip(body));
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Answer::Again { status: short(&error), after: None },
        };
        let status = response.status();
        let after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        match status {
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Answer::Again { status: status.as_u16().to_string(), after },
            _ if status.is_success() => match response.bytes().await {
                Ok(bytes) => read_success(&bytes),
                Err(error) => Answer::Again { status: short(&error), after: None },
            },
            _ => Answer::Rejected { status: status.as_u16().to_string() },
        }
    }
}

pub(super) fn read_success(bytes: &[u8]) -> Answer {
    match ExportTraceServiceResponse::decode(bytes) {
        Ok(ExportTraceServiceResponse { partial_success: Some(partial) }) if partial.rejected_spans > 0 => {
            Answer::Rejected {
                status: format!("partial: {} {}", partial.rejected_spans, partial.error_message),
            }
        }
        Ok(_) => Answer::Acknowledged,
        Err(error) => Answer::Rejected { status: format!("unreadable answer: {error}") },
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("writing to a Vec does not fail")
}

fn short(error: &reqwest::Error) -> String {
    if error.is_timeout() { "timeout" } else { "connection" }.to_owned()
}
