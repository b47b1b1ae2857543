//! One request to an OTLP endpoint, and what its answer means to a client that must not lose data.

mod grpc;
mod http;

use std::time::Duration;

use bytes::Bytes;

pub use grpc::GrpcSender;
pub use http::HttpSender;

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

#[derive(Debug)]
pub enum Sender {
    Http(HttpSender),
    Grpc(GrpcSender),
}

impl Sender {
    pub async fn send(&self, body: &Bytes) -> Answer {
        match self {
            Self::Http(sender) => sender.send(body).await,
            Self::Grpc(sender) => sender.send(body).await,
        }
    }
}
