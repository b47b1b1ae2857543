//! OTLP over gRPC with the pre-encoded bytes passed through as they are.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
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
        | Code::DataLoss => Answer::Again { status: name, after: None },
        // A connection that was cut in the middle of an answer; the client can't know, so it sends again.
        Code::Unknown | Code::Internal if is_cut_off(status) => {
            Answer::Again { status: "connection".to_owned(), after: None }
        }
        _ => Answer::Rejected { status: format!("{name}: {}", status.message()) },
    }
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
