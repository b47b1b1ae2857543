//! One request to an OTLP endpoint, and what its answer means to a client that must not lose data.

mod grpc;
mod http;

use std::{io::Write, time::Duration};

use clap::ValueEnum;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceResponse, metrics::v1::ExportMetricsServiceResponse,
    trace::v1::ExportTraceServiceResponse,
};
use prost::{DecodeError, Message};

use crate::corpus::{Body, Signal};

pub use grpc::GrpcSender;
pub use http::HttpSender;

/// The header that names a tenant. Other servers pass over it, and it is not sent without a key.
const KEY_HEADER: &str = "x-naru-license";

/// What a client may conclude from one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Acknowledged,
    /// Final: a client drops the data. Nothing but bad input may cause this.
    Rejected {
        status: String,
    },
    /// Send the identical bytes again, after this long when the server said so.
    Again {
        status: String,
        after: Option<Duration>,
    },
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Compression {
    None,
    #[default]
    Gzip,
    Zstd,
}

#[derive(Debug)]
pub enum Sender {
    Http(HttpSender),
    Grpc(GrpcSender),
}

impl Sender {
    pub async fn send(&self, body: &Body) -> Answer {
        match self {
            Self::Http(sender) => sender.send(body).await,
            Self::Grpc(sender) => sender.send(body).await,
        }
    }

    /// The same endpoint and connections for another tenant.
    pub fn with_key(&self, key: &str) -> anyhow::Result<Self> {
        Ok(match self {
            Self::Http(sender) => Self::Http(sender.with_key(key)?),
            Self::Grpc(sender) => Self::Grpc(sender.with_key(key)?),
        })
    }
}

impl Compression {
    fn header(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// As fast as clients do it.
    fn compress(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::None => bytes.to_vec(),
            Self::Gzip => {
                let out = Vec::with_capacity(bytes.len() / 4);
                let mut encoder = GzEncoder::new(out, flate2::Compression::fast());
                let done = encoder.write_all(bytes).and_then(|()| encoder.finish());
                done.expect("writing to a Vec does not fail")
            }
            Self::Zstd => zstd::bulk::compress(bytes, 1).expect("compressing memory to memory does not fail"),
        }
    }
}

/// A 2xx may still say that items were left out.
fn read_success(signal: Signal, bytes: &[u8]) -> Answer {
    match rejected(signal, bytes) {
        Ok(Some((count, message))) if count > 0 => {
            Answer::Rejected { status: format!("partial: {count} {message}") }
        }
        Ok(_) => Answer::Acknowledged,
        Err(error) => Answer::Rejected { status: format!("unreadable answer: {error}") },
    }
}

fn rejected(signal: Signal, bytes: &[u8]) -> Result<Option<(i64, String)>, DecodeError> {
    Ok(match signal {
        Signal::Traces => ExportTraceServiceResponse::decode(bytes)?
            .partial_success
            .map(|partial| (partial.rejected_spans, partial.error_message)),
        Signal::Metrics => ExportMetricsServiceResponse::decode(bytes)?
            .partial_success
            .map(|partial| (partial.rejected_data_points, partial.error_message)),
        Signal::Logs => ExportLogsServiceResponse::decode(bytes)?
            .partial_success
            .map(|partial| (partial.rejected_log_records, partial.error_message)),
    })
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsPartialSuccess;

    use super::*;

    #[test]
    fn a_success_that_left_records_out_is_none() {
        let partial = ExportLogsPartialSuccess { rejected_log_records: 2, error_message: "old".to_owned() };
        let bytes = ExportLogsServiceResponse { partial_success: Some(partial) }.encode_to_vec();
        let rejected = Answer::Rejected { status: "partial: 2 old".to_owned() };
        assert_eq!(read_success(Signal::Logs, &bytes), rejected);
        assert_eq!(read_success(Signal::Metrics, &[]), Answer::Acknowledged);
    }
}
