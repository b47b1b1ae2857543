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

use super::{Answer, http::read_success};

const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

#[derive(Debug)]
pub struct GrpcSender {
    channel: Channel,
    key: MetadataValue<Ascii>,
    timeout: Duration,
}

impl GrpcSender {
    pub fn new(endpoint: &str, key: &str, timeout: Duration) -> anyhow::Result<Self> {
        let channel = Endpoint::from_shared(endpoint.to_owned())?.connect_timeout(timeout).connect_lazy();
        Ok(Self { channel, key: key.parse()?, timeout })
    }

    pub(super) async fn send(&self, body: &Bytes) -> Answer {
        match tokio::time::timeout(self.timeout, self.call(body)).await {
            Ok(Ok(bytes)) => read_success(&bytes),
            Ok(Err(status)) => read_failure(&status),
            Err(_) => Answer::Again { status: "timeout".to_owned(), after: None },
        }
    }

    async fn call(&self, body: &Bytes) -> Result<Bytes, Status> {
        let mut grpc = Grpc::new(self.channel.clone()).send_compressed(CompressionEncoding::Gzip);
        grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let mut request = Request::new(body.clone());
        request.metadata_mut().insert("x-naru-license", self.key.clone());
        let response = grpc.unary(request, PathAndQuery::from_static(EXPORT), BytesCodec).await?;
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
