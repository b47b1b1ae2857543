//! Leases held by this writer, renewed together.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use naru_lake::catalog::lease;
use naru_postgres::Pool;
use naru_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// Without renewal, others may take the partition after this long.
pub(super) const TTL: Duration = Duration::from_secs(10);
const RENEW_EVERY: Duration = Duration::from_secs(3);
/// One try: a Postgres whose packets vanish must not use up the lease.
const RENEW_MAX: Duration = Duration::from_secs(3);

/// Partition → epoch, and how to tell its task that it is lost.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    held: Mutex<HashMap<u16, (i64, CancellationToken)>>,
}

/// One held lease; renewed until dropped.
#[derive(Debug)]
pub(super) struct Held {
    leases: Arc<Leases>,
    partition: u16,
    lost: CancellationToken,
}

impl Leases {
    pub(super) fn hold(self: &Arc<Self>, partition: u16, epoch: i64) -> Held {
        let lost = CancellationToken::new();
        self.with(|held| held.insert(partition, (epoch, lost.clone())));
        Held { leases: Arc::clone(self), partition, lost }
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<u16, (i64, CancellationToken)>) -> T) -> T {
        work(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Renews until `stop`. While Postgres is away nobody else can take a partition either, so ours go on serving: a
    /// reader compares epochs before it believes a tail.
    pub(crate) async fn renew(self: Arc<Self>, pool: Pool, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(RENEW_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.cancelled() => return,
            }
            let held: Vec<(u16, i64)> =
                self.with(|held| held.iter().map(|(&partition, &(epoch, _))| (partition, epoch)).collect());
            if held.is_empty() {
                continue;
            }
            match tokio::time::timeout(RENEW_MAX, lease::renew(&pool, &held, TTL)).await {
                Ok(Ok(renewed)) => self.drop_lost(&held, &renewed),
                Ok(Err(error)) => warn!(error = %chain(&error), "leases are not renewed, trying again"),
                Err(_) => warn!(
                    "Postgres did not answer within {RENEW_MAX:?}; leases are not renewed, trying again"
                ),
            }
        }
    }

    fn drop_lost(&self, asked: &[(u16, i64)], renewed: &[u16]) {
        self.with(|held| {
            for (partition, epoch) in asked.iter().filter(|(partition, _)| !renewed.contains(partition)) {
                // Taken anew by ourselves meanwhile: that lease has another epoch and is fine.
                if let Some((_, lost)) = held.get(partition).filter(|(current, _)| current == epoch) {
                    lost.cancel();
                }
            }
        });
    }
}

impl Held {
    /// Cancelled when somebody else has the partition.
    pub(super) fn lost(&self) -> CancellationToken {
        self.lost.clone()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.leases.with(|held| held.remove(&self.partition));
    }
}
