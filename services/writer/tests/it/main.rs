//! The writer against real Postgres and NATS: what is on the bus is stored once, billed once and never missing.

mod catalog;
mod commit;
mod outage;
mod restart;
mod snapshot;
mod support;
