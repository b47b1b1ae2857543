//! Rollups: what dashboards read, as arithmetic alone.
//!
//! Everything here is a pure function of what is put in: no I/O, no clock, no randomness, no dependence on the order of
//! arrival. So `rollup == recompute(spans)` holds to the byte, and it is the correctness oracle of the lake. Every
//! summary merges with others of its kind, and equal summaries have equal bytes.
//!
//! Durations ([`histogram`]), people ([`distinct`]) and satisfaction ([`apdex`]) are counted; statements ([`sql`]) and
//! exceptions ([`exception`]) are given the names under which they are counted.

pub mod apdex;
pub mod distinct;
pub mod exception;
pub mod histogram;
pub mod sql;
mod varint;

pub use apdex::Apdex;
pub use distinct::Distinct;
pub use histogram::Histogram;

/// Stored bytes that are no summary, or one of a version this binary doesn't know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("the summary has version {0}, which this binary doesn't know")]
    Version(u8),
    #[error("the summary ends too early")]
    Truncated,
    #[error("the summary contradicts itself: {0}")]
    Inconsistent(&'static str),
}
