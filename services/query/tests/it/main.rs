//! Query against a real catalog, real segments, real NATS, and doubles of its two peers: console and a writer's tail.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail as loudly as a test")]

mod access;
mod catalog_and_tail;
mod live;
mod logs_and_metrics;
mod openapi;
mod transactions;
mod world;
