//! From the tail to the lake: a cut of one partition becomes one bundle object and one catalog transaction.
//!
//! Retries until the catalog says committed or fenced; meanwhile the rows stay in the tail, so nobody misses them.

mod bundle;
mod cut;
mod ledger;

#[cfg(test)]
pub(crate) use cut::cut_of;
pub(crate) use cut::{CutEnd, Cutter};
pub(crate) use ledger::{Ledger, Quarantined};
