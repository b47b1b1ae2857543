//! Tells license about once a minute which keys were used, for "last used".

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use naru_ids::{KeyId, TenantId};
use naru_license_api::{KEYS_USED, KeysUsed};
use naru_nats::Bus;
use naru_runtime::Clock;
use naru_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::warn;

const EVERY: Duration = Duration::from_secs(60);
/// Keys in one report.
const KEYS_MAX: usize = 1_000;

#[derive(Debug)]
pub(crate) struct Used {
    clock: Clock,
    seen: Mutex<HashMap<(TenantId, KeyId), u64>>,
}

impl Used {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, seen: Mutex::new(HashMap::new()) }
    }

    pub(crate) fn note(&self, tenant: TenantId, key: KeyId) {
        let now_ms = self.clock.now().0;
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert((tenant, key), now_ms);
    }

    fn take(&self) -> Vec<(TenantId, KeyId, u64)> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        seen.into_iter().map(|((tenant, key), at_ms)| (tenant, key, at_ms)).collect()
    }
}

pub(crate) async fn report(bus: Bus, used: Arc<Used>, stop: CancellationToken) {
    let mut minutes = tokio::time::interval(EVERY);
    loop {
        let is_last = tokio::select! {
            () = stop.cancelled() => true,
            _ = minutes.tick() => false,
        };
        for batch in used.take().chunks(KEYS_MAX) {
            if let Err(error) = bus.publish(KEYS_USED.to_owned(), &KeysUsed { used: batch.to_vec() }).await {
                warn!(error = %chain(&error), "a report of used keys was not sent");
            }
        }
        if is_last {
            return;
        }
    }
}
