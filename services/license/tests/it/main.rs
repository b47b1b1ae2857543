//! License against real Postgres and NATS.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod access;
mod keys;
mod world;
