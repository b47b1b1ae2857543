//! Real Postgres, NATS, Redis, S3 and HAProxy for tests: child processes on ports of their own, gone when the test process is gone.
//!
//! One Postgres per test process with a fresh database per call; the others are one per call, so that a test may
//! kill, freeze and restart them.

mod child;
mod disk;
mod edge;
mod gate;
mod nats;
mod port;
mod postgres;
mod redis;
mod s3;
mod scratch;
mod tool;

use std::{
    future::Future,
    time::{Duration, Instant},
};

pub use child::Child;
pub use disk::SmallDisk;
pub use edge::{Behind, Edge, edge};
pub use gate::{Gate, Sprung, Trap};
pub use nats::{Nats, nats};
pub use port::Port;
pub use postgres::{Postgres, postgres};
pub use redis::{RedisServer, redis};
pub use s3::{S3, s3};
pub use scratch::Scratch;

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits for a condition, never for a time. Panics with `what` when it does not come true in `within`.
pub async fn wait_until<F, Fut>(what: &str, within: Duration, mut holds: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let deadline = Instant::now() + within;
    while !holds().await {
        assert!(Instant::now() < deadline, "waited {within:?} in vain until {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
