//! The load generator and its oracle.
//!
//! A seeded corpus is sent over OTLP; a ledger on disk says of every request whether it was acknowledged; the oracle
//! compares the ledger with what two independent readers find: the query API and the Parquet files themselves. It
//! knows nothing of the product's own code, so it can't share its mistakes.

pub mod corpus;
pub mod drive;
pub mod figures;
pub mod fleet;
pub mod latency;
pub mod ledger;
pub mod oracle;
pub mod read;
pub mod send;
pub mod store;
mod template;
