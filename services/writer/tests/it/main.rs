//! The writer against real Postgres and NATS: what is on the bus is stored once, billed once and never missing.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod backlog;
mod catalog;
mod commit;
mod compact;
mod garbage;
mod handover;
mod keys;
mod kills;
mod operate;
mod outage;
mod replay;
mod restart;
mod retention;
mod rollups;
mod s3;
mod snapshot;
mod support;
mod zombie;
