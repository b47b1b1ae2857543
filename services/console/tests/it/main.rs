//! Console against real Postgres, NATS and Redis; license, metering and ingest are played on the bus.
#![allow(clippy::unwrap_used)] // a test may

mod bench;
mod browser;
mod hand_over;
mod journey;
mod keys;
mod limits;
mod mailbox;
mod onboarding;
mod peers;
mod routes;
mod rows;
mod sessions;
mod signup;
mod tenants;
