//! OTLP over HTTP/protobuf, as stock exporters send it.

use std::time::Duration;

use reqwest::{
    StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue},
};

use super::{Answer, Compression, KEY_HEADER, read_success};
use crate::corpus::{Body, Signal};

#[derive(Debug, Clone)]
pub struct HttpSender {
    client: reqwest::Client,
    endpoint: String,
    key: Option<HeaderValue>,
    compression: Compression,
}

impl HttpSender {
    /// `endpoint` is `http://host:port`; `/v1/traces` and its neighbours are added. Compresses with gzip.
    pub fn new(endpoint: &str, key: &str, timeout: Duration) -> anyhow::Result<Self> {
        Self::anonymous(endpoint, Compression::Gzip, timeout)?.with_key(key)
    }

    /// Without a key, for servers that want none.
    pub fn anonymous(endpoint: &str, compression: Compression, timeout: Duration) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().timeout(timeout).no_proxy().build()?;
        Ok(Self { client, endpoint: endpoint.trim_end_matches('/').to_owned(), key: None, compression })
    }

    pub(super) fn with_key(&self, key: &str) -> anyhow::Result<Self> {
        let mut key = HeaderValue::from_str(key)?;
        key.set_sensitive(true);
        Ok(Self { key: Some(key), ..self.clone() })
    }

    pub(super) async fn send(&self, body: &Body) -> Answer {
        let path = match body.signal {
            Signal::Traces => "/v1/traces",
            Signal::Metrics => "/v1/metrics",
            Signal::Logs => "/v1/logs",
        };
        let mut request = self
            .client
            .post(format!("{}{path}", self.endpoint))
            .header(CONTENT_TYPE, "application/x-protobuf")
            .body(self.compression.compress(&body.bytes));
        if let Some(encoding) = self.compression.header() {
            request = request.header(CONTENT_ENCODING, encoding);
        }
        if let Some(key) = &self.key {
            request = request.header(KEY_HEADER, key);
        }
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
            // Some servers answer without a body, or with one of their own.
            StatusCode::NO_CONTENT => Answer::Acknowledged,
            _ if status.is_success() => match response.bytes().await {
                Ok(bytes) => read_success(body.signal, &bytes),
                Err(error) => Answer::Again { status: short(&error), after: None },
            },
            _ => Answer::Rejected { status: status.as_u16().to_string() },
        }
    }
}

fn short(error: &reqwest::Error) -> String {
    if error.is_timeout() { "timeout" } else { "connection" }.to_owned()
}
