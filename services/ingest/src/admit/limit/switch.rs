//! A switch before Redis: opened by the first question in vain, closed again when Redis answers a ping.
//!
//! So a Redis that hangs costs a few requests one short wait each, and all later ones nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use naru_redis::Redis;
use tracing::{info, warn};

const PING_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(super) struct Switch {
    redis: Redis,
    is_open: Arc<AtomicBool>,
}

impl Switch {
    pub(super) fn new(redis: Redis) -> Self {
        Self { redis, is_open: Arc::default() }
    }

    /// Redis, when it may be asked.
    pub(super) fn closed(&self) -> Option<&Redis> {
        (!self.is_open.load(Ordering::Relaxed)).then_some(&self.redis)
    }

    /// Asks no more until Redis is back.
    pub(super) fn open(&self) {
        if self.is_open.swap(true, Ordering::Relaxed) {
            return;
        }
        warn!("Redis does not answer: this gateway limits tenants for itself until it does");
        let (redis, is_open) = (self.redis.clone(), Arc::clone(&self.is_open));
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(PING_EVERY).await;
                if redis.ping().await.is_ok() {
                    is_open.store(false, Ordering::Relaxed);
                    info!("Redis is back: gateways share tenants' limits again");
                    return;
                }
            }
        });
    }
}
