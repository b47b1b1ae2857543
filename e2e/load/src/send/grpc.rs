//! OTLP over gRPC with the pre-encoded bytes passed through as they are.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use prost::Message;
use tonic::{
    Code, Request, Status,
    client::Grpc,
    codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    metadata::{Ascii, MetadataValue},
    transport::{Channel, Endpoint},
};

use super::{Answer, Compression, KEY_HEADER, read_success};
use crate::corpus::{Body, Signal};

#[derive(Debug, Clone)]
pub struct GrpcSender {
    channel: Channel,
    key: Option<MetadataValue<Ascii>>,
    compression: Compression,
    timeout: Duration,
}

impl GrpcSender {
    /// Compresses with gzip.
    pub fn new(endpoint: &str, key: &str, timeout: Duration) -> anyhow::Result<Self> {
        Self::anonymous(endpoint, Compression::Gzip, timeout)?.with_key(key)
    }

    /// Without a key, for servers that want none.
    pub fn anonymous(endpoint: &str, compression: Compression, timeout: Duration) -> anyhow::Result<Self> {
        let channel = Endpoint::from_shared(endpoint.to_owned())?.connect_timeout(timeout).connect_lazy();
        Ok(Self { channel, key: None, compression, timeout })
    }

    pub(super) fn with_key(&self, key: &str) -> anyhow::Result<Self> {
        Ok(Self { key: Some(key.parse()?), ..self.clone() })
    }

    pub(super) async fn send(&self, body: &Body) -> Answer {
        match tokio::time::timeout(self.timeout, self.call(body)).await {
            Ok(Ok(bytes)) => read_success(body.signal, &bytes),
            Ok(Err(status)) => read_failure(&status),
            Err(_) => Answer::Again { status: "timeout".to_owned(), after: None },
        }
    }

    async fn call(&self, body: &Body) -> Result<Bytes, Status> {
        let grpc = Grpc::new(self.channel.clone());
        let mut grpc = match self.compression {
            Compression::None => grpc,
            Compression::Gzip => grpc.send_compressed(CompressionEncoding::Gzip),
            Compression::Zstd => grpc.send_compressed(CompressionEncoding::Zstd),
        };
        grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let mut request = Request::new(body.bytes.clone());
        if let Some(key) = &self.key {
            request.metadata_mut().insert(KEY_HEADER, key.clone());
        }
        let export = PathAndQuery::from_static(match body.signal {
            Signal::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            Signal::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
            Signal::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        });
        let response = grpc.unary(request, export, BytesCodec).await?;
        Ok(response.into_inner())
    }
}

/// The retryable codes of the OTLP specification.
fn read_failure(status: &Status) -> Answer {
    let name = format!("{:?}", status.code());
    match status.code() {
        Code::Unavailable
        | Code::ResourceExhausted
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::Cancelled
        | Code::OutOfRange
        | Code::DataLoss => Answer::Again { status: name, after: retry_delay(status.details()) },
        // A connection that was cut in the middle of an answer; the client can't know, so it sends again.
        Code::Unknown | Code::Internal if is_cut_off(status) => {
            Answer::Again { status: "connection".to_owned(), after: None }
        }
        _ => Answer::Rejected { status: format!("{name}: {}", status.message()) },
    }
}

/// What a server asks for in `google.rpc.RetryInfo`.
fn retry_delay(details: &[u8]) -> Option<Duration> {
    let status = RpcStatus::decode(details).ok()?;
    let info = status.details.iter().find(|any| any.type_url.ends_with("/google.rpc.RetryInfo"))?;
    let delay = RetryInfo::decode(info.value.as_slice()).ok()?.delay?;
    Some(Duration::new(u64::try_from(delay.seconds).ok()?, u32::try_from(delay.nanos).ok()?))
}

/// Messages of `google/rpc/status.proto` and `error_details.proto`, as far as they are read here.
#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    delay: Option<Delay>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

fn is_cut_off(status: &Status) -> bool {
    let text = status.to_string();
    std::error::Error::source(status).is_some()
        || ["h2 protocol error", "transport error", "connection", "reset"]
            .iter()
            .any(|mark| text.contains(mark))
}

#[derive(Debug, Clone, Copy, Default)]
struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, target: &mut EncodeBuf<'_>) -> Result<(), Status> {
        target.put(item);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(source.copy_to_bytes(source.remaining())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_when_to_come_back() {
        let delay = RetryInfo { delay: Some(Delay { seconds: 1, nanos: 500_000_000 }) }.encode_to_vec();
        let any = Any { type_url: "type.googleapis.com/google.rpc.RetryInfo".to_owned(), value: delay };
        let details = RpcStatus { details: vec![any] }.encode_to_vec();
        let status = Status::with_details(Code::ResourceExhausted, "too fast", details.into());
        let after = Some(Duration::from_millis(1_500));
        assert_eq!(read_failure(&status), Answer::Again { status: "ResourceExhausted".to_owned(), after });
        let silent = Answer::Again { status: "Unavailable".to_owned(), after: None };
        assert_eq!(read_failure(&Status::unavailable("gone")), silent);
    }
}
