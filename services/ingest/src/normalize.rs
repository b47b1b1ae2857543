//! From what was sent to plain OTLP protobuf, with hard bounds.

pub(crate) mod decompress;
pub(crate) mod json;

use bytes::Bytes;
use naru_ids::{TenantId, UnixMs};
use naru_signal::Signal;

use crate::memory::Memory;

/// A body as the gateway decompresses it; `None` when it refuses to. For fuzzing, which asks for no reason.
#[must_use]
pub fn decompressed(encoding: &str, body: Bytes) -> Option<Bytes> {
    let encoding = decompress::Encoding::parse(Some(encoding)).ok()?;
    let mut memory = Memory::new(4 * decompress::REQUEST_BYTES_MAX).reserve(TenantId::new(UnixMs(0)));
    decompress::Inflating::new(encoding, body).ok()?.finish(&mut memory).ok()
}

/// A JSON text as the gateway turns it into protobuf; `None` when it refuses to. For fuzzing.
#[must_use]
pub fn json_to_protobuf(signal: Signal, json: Bytes) -> Option<Bytes> {
    json::Weighed::weigh(json).ok()?.into_protobuf(signal).ok()
}
