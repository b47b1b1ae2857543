//! Query against a real catalog, real segments, real NATS, and doubles of its two peers: console and a writer's tail.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod access;
mod attributes;
mod catalog_and_tail;
mod damaged;
mod dashboards;
mod live;
mod logs_and_metrics;
mod measure;
mod openapi;
mod s3;
mod sql;
mod sql_limits;
mod transactions;
mod world;
