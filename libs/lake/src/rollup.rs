//! Rollups: what dashboards read, as arithmetic alone.
//!
//! Everything here is a pure function of what is put in: no I/O, no clock, no randomness, no dependence on the order of
//! arrival. So `rollup == recompute(spans)` holds to the byte, and it is the correctness oracle of the lake. Every
//! summary merges with others of its kind, and equal summaries have equal bytes.
//!
//! Durations ([`histogram`]), people ([`distinct`]) and satisfaction ([`apdex`]) are counted; statements ([`sql`]) and
//! exceptions ([`exception`]) are given the names under which they are counted. A [`Row`] is a [`Summary`] with its
//! [`Kind`], bucket, service and name; [`rows`] says how rows lie in a table.

pub mod apdex;
pub mod distinct;
pub mod exception;
pub mod histogram;
mod kind;
mod node;
pub mod rows;
mod samples;
mod satisfaction;
pub mod sql;
mod summary;
mod sums;
mod varint;

pub use apdex::Apdex;
pub use distinct::Distinct;
pub use histogram::{Histogram, index_of, longest_ns};
pub use kind::{Grain, Kind};
pub use node::Node;
pub use rows::{Row, RowKey};
pub use samples::{SAMPLES_MAX, Sample, Samples};
pub use satisfaction::Satisfaction;
pub use summary::{Identity, Summary};
pub use sums::Sums;

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
