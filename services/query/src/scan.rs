//! Reading: a snapshot of tail and catalog, as a table that DataFusion scans, folded into answers under caps.

mod error;
mod fold;
mod lake;
mod reader;
mod rows;
mod snapshot;
mod table;

pub(crate) use error::ScanError;
pub(crate) use fold::fold;
pub(crate) use lake::{Lake, Limits};
pub(crate) use rows::{Rows, text};
pub(crate) use snapshot::{Incomplete, Snapshot};
