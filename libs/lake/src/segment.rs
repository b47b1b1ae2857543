//! Segments: rows of one tenant, project, signal and UTC day, in one extent of an object.

pub mod attributes;
mod candidates;
mod encode;
mod encoders;
mod erase;
mod footer;
mod fuse;
mod group_rows;
mod hashed;
mod layout;
mod logical;
mod merge;
mod order;
pub mod pairs;
pub mod parents;
mod read;
mod received;
mod sealed;
mod slices;
mod sort_keys;
mod trace_rows;
pub mod traces;
mod write;

pub use candidates::{Candidates, EntriesWithin, Sure};
pub use encode::{row_group_bytes, row_group_rows};
pub use erase::{Erased, Matching};
pub use footer::Footer;
pub use group_rows::{GroupRows, Texts};
pub use layout::{Directory, Section};
pub use merge::{Merged, merge, merge_without};
pub use read::{ExtentReader, Head, SegmentRows, read_all, read_columns, trace_ids};
pub use received::{GroupColumns, ReceivedGroup};
pub use sealed::SealedObject;
pub use trace_rows::TraceRows;
pub use write::{Extent, SEGMENT_KEY, TRACE_NUMBER, write};

/// Why an extent cannot be read. Nothing of it is answered then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    #[error("the segment is cut short")]
    Truncated,
    #[error("there is no segment here")]
    NoSegment,
    #[error("the segment has version {0}, which only a newer program reads")]
    UnknownVersion(u16),
    #[error("the segment's directory makes no sense")]
    Directory,
    #[error("the segment's trace filter makes no sense")]
    Filter,
}

#[cfg(test)]
mod tests;
