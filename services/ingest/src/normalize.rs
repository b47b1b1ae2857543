//! From what was sent to plain OTLP protobuf, with hard bounds.

pub(crate) mod decompress;
pub(crate) mod json;
