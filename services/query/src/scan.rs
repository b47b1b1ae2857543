//! Reading: a snapshot of tail and catalog, as a table that DataFusion scans, folded into answers under caps.

mod adapt;
mod attr;
mod attributes;
mod batches;
mod budget;
mod chosen;
mod derived;
mod entries;
mod error;
mod fold;
mod hex;
mod kept;
mod lake;
mod listing;
mod newest;
mod owner;
mod parents;
mod reader;
mod rollups;
mod rows;
mod snapshot;
mod sql;
mod table;
mod trace_rows;
mod traces;
mod view;

/// Parts of one question decoded at a time: as many as there are cores, so that it may use the machine and not more.
const PARTS_AT_ONCE: usize = 2;

pub(crate) use attr::attr_of;
pub(crate) use error::ScanError;
pub(crate) use fold::fold;
pub(crate) use hex::hex_of;
pub(crate) use lake::Lake;
pub(crate) use newest::Newest;
pub(crate) use rollups::RollupAsk;
pub(crate) use rows::{Rows, text};
pub(crate) use snapshot::Snapshot;
pub(crate) use sql::{SqlFailure, SqlRows};
pub(crate) use traces::TraceRef;
pub(crate) use view::Incomplete;
