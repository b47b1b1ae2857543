//! Bus to lake: packs of telemetry become a live tail, then segments, exactly once.
//!
//! In: packs of the partition streams. Out: segments, usage and entry ids in one catalog transaction; the tail over
//! Arrow Flight; live points. Never asks who may send what: what is on the bus was let in.

mod app;
mod bus;
mod compact;
mod config;
mod decode;
mod flush;
mod grpc;
mod jobs;
pub mod operate;
mod partition;
mod summarize;
mod tail;

pub use app::Writer;
pub use config::Config;

/// What the tail would hold of one request: for benches.
#[doc(hidden)]
#[must_use]
pub fn rows_of(
    signal: naru_signal::Signal,
    request: bytes::Bytes,
    received_ms: u64,
) -> Option<arrow::array::RecordBatch> {
    decode::request(signal, request, received_ms)
}
