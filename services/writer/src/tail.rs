//! The live tail: rows that are on the bus and decoded, but not yet in a segment.
//!
//! One tail per partition. Its rows carry the sequence of their pack, so that a reader can be told exactly what it
//! holds: everything in `(committed_seq, through_seq]`. Never reads the bus and never writes the lake.

mod budget;
mod kept;
mod partition;
mod rollups;
mod select;
mod summaries;
mod table;

pub(crate) use budget::Budget;
pub(crate) use kept::KeptSpans;
pub(crate) use partition::{Frozen, PartitionTail};
pub(crate) use rollups::{rollup_rows, wants};
pub(crate) use select::{SelectError, select};
pub(crate) use summaries::Summaries;
pub(crate) use table::TableKey;
