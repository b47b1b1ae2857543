//! Telemetry in: OTLP over gRPC and HTTP, admitted and appended to the bus. Stateless.
//!
//! In flow order: `http`/`grpc` take a request, `normalize` makes it protobuf, `admit` says whose it is and what of it
//! is stored, `append` puts it on the bus. A 2xx is answered after every PubAck and never before. No tenant id is read
//! from a body or a header: it comes from the key.

mod admit;
mod answer;
mod app;
mod append;
mod bus;
mod clients;
mod config;
mod grpc;
mod http;
mod memory;
mod normalize;
mod receive;
mod work;

pub use app::Ingest;
pub use config::Config;
#[doc(hidden)]
pub use grpc::unframed;
#[doc(hidden)]
pub use normalize::{decompressed, json_to_protobuf};
