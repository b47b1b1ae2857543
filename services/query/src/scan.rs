//! Reading: a snapshot of tail and catalog, as a table that DataFusion scans, folded into answers under caps.

mod adapt;
mod attributes;
mod error;
mod fold;
mod lake;
mod reader;
mod rollups;
mod rows;
mod snapshot;
mod table;
mod traces;

pub(crate) use error::ScanError;
pub(crate) use fold::fold;
pub(crate) use lake::Lake;
pub(crate) use rollups::RollupAsk;
pub(crate) use rows::{Rows, text};
pub(crate) use snapshot::{Incomplete, Snapshot};
pub(crate) use traces::TraceRef;
