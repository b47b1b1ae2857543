//! How much a tenant may send: a token bucket in Redis that all gateways share, taken in leases.
//!
//! A gateway takes a tenth of a second's worth at a time, so Redis is asked a few times a second and not per request.
//! Without Redis each gateway counts for itself: limits are then per gateway, and nobody is refused for our outage.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use naru_ids::TenantId;
use naru_redis::Redis;

/// Tenants remembered at a time. When that is not enough, the tenth of them that was idle longest is forgotten.
const TENANTS_MAX: usize = 100_000;
const RETRY_AFTER: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Limits {
    redis: Redis,
    per_s: u64,
    burst: u64,
    leases: Mutex<HashMap<TenantId, Lease>>,
}

#[derive(Debug)]
struct Lease {
    tokens: u64,
    /// The local bucket, used while Redis is away.
    fallback: f64,
    filled: Instant,
    used: Instant,
}

impl Limits {
    pub(crate) fn new(redis: Redis, per_s: u64, burst: u64) -> Self {
        Self { redis, per_s, burst, leases: Mutex::new(HashMap::new()) }
    }

    /// Takes `items` of the tenant's allowance, or says how long to wait.
    pub(crate) async fn take(&self, tenant: TenantId, items: u64) -> Result<(), Duration> {
        if self.take_leased(tenant, items) {
            return Ok(());
        }
        // A request larger than the burst could never pass: it empties the bucket instead.
        let wanted = items.max(self.per_s / 10).min(self.burst);
        let key = format!("naru:limit:{}", tenant.hex());
        match self.redis.take_tokens(&key, self.per_s, self.burst, wanted).await {
            Ok(true) => {
                self.add_lease(tenant, wanted.saturating_sub(items));
                Ok(())
            }
            Ok(false) => Err(RETRY_AFTER),
            Err(_) => self.take_fallback(tenant, items),
        }
    }

    fn take_leased(&self, tenant: TenantId, items: u64) -> bool {
        self.with(tenant, |lease| {
            let enough = lease.tokens >= items;
            if enough {
                lease.tokens -= items;
            }
            enough
        })
    }

    fn add_lease(&self, tenant: TenantId, tokens: u64) {
        self.with(tenant, |lease| lease.tokens += tokens);
    }

    fn take_fallback(&self, tenant: TenantId, items: u64) -> Result<(), Duration> {
        let (per_s, burst) = (self.per_s as f64, self.burst as f64);
        self.with(tenant, |lease| {
            let now = Instant::now();
            let grown = now.duration_since(lease.filled).as_secs_f64() * per_s;
            lease.filled = now;
            lease.fallback = (lease.fallback + grown).min(burst);
            if lease.fallback < (items as f64).min(burst) {
                return Err(RETRY_AFTER);
            }
            lease.fallback = (lease.fallback - items as f64).max(0.0);
            Ok(())
        })
    }

    fn with<T>(&self, tenant: TenantId, change: impl FnOnce(&mut Lease) -> T) -> T {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        if leases.len() >= TENANTS_MAX && !leases.contains_key(&tenant) {
            forget_idle(&mut leases);
        }
        let (burst, now) = (self.burst as f64, Instant::now());
        let new = || Lease { tokens: 0, fallback: burst, filled: now, used: now };
        let lease = leases.entry(tenant).or_insert_with(new);
        lease.used = now;
        change(lease)
    }
}

/// A tenth at a time: looking at all of them for each new one would cost more than it saves.
fn forget_idle(leases: &mut HashMap<TenantId, Lease>) {
    let mut used: Vec<Instant> = leases.values().map(|lease| lease.used).collect();
    let last = used.len() / 10;
    let (_, &mut last_forgotten, _) = used.select_nth_unstable(last);
    leases.retain(|_, lease| lease.used > last_forgotten);
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    #[tokio::test]
    async fn without_redis_each_tenant_has_a_local_bucket() {
        let limits = Limits::new(Redis::connect("redis://127.0.0.1:1"), 10, 100);
        let (acme, globex) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
        assert_eq!(limits.take(acme, 90).await, Ok(()));
        assert_eq!(limits.take(acme, 90).await, Err(RETRY_AFTER));
        assert_eq!(limits.take(globex, 90).await, Ok(()));
    }

    #[tokio::test]
    async fn a_request_larger_than_the_burst_passes_when_the_bucket_is_full() {
        let limits = Limits::new(Redis::connect("redis://127.0.0.1:1"), 10, 100);
        let acme = TenantId::new(UnixMs(1));
        assert_eq!(limits.take(acme, 5_000).await, Ok(()));
        assert_eq!(limits.take(acme, 5_000).await, Err(RETRY_AFTER));
    }
    #[tokio::test]
    async fn the_idle_are_forgotten_first() {
        let limits = Limits::new(Redis::connect("redis://127.0.0.1:1"), 10, 100);
        let tenants: Vec<TenantId> = (0..20).map(|n| TenantId::new(UnixMs(n))).collect();
        for tenant in &tenants {
            limits.with(*tenant, |_| ());
        }
        limits.with(tenants[0], |_| ());
        let mut leases = limits.leases.lock().unwrap();
        forget_idle(&mut leases);
        let forgotten: Vec<_> = tenants.iter().filter(|tenant| !leases.contains_key(tenant)).collect();
        assert_eq!(forgotten, [&tenants[1], &tenants[2], &tenants[3]]);
    }
}
