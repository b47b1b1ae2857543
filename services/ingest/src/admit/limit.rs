//! How much a tenant may send: a token bucket in Redis that all gateways share, taken in leases.
//!
//! A gateway takes a tenth of a second's worth at a time, so Redis is asked a few times a second and not per request.
//! Without Redis each gateway counts for itself: limits are then per gateway, and nobody is refused, or waits, for our
//! outage.

mod bucket;
mod switch;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use naru_ids::TenantId;
use naru_redis::{Rate, Redis, Taken};

use bucket::Bucket;
use switch::Switch;

/// Tenants remembered at a time. When that is not enough, the tenth of them that was idle longest is forgotten.
const TENANTS_MAX: usize = 100_000;
/// Redis answers within a millisecond. A request waits this long for it, and after one in vain none does.
const ASK_TIMEOUT: Duration = Duration::from_millis(50);
/// A lease, and what must be there before a refused tenant is listened to again: this part of a second's worth.
const LEASES_PER_S: u64 = 10;

#[derive(Debug)]
pub(crate) struct Limits {
    redis: Switch,
    rate: Rate,
    leases: Mutex<HashMap<TenantId, Lease>>,
}

#[derive(Debug)]
struct Lease {
    tokens: u64,
    /// Counts what came here also while Redis does the deciding, so that an outage is no second burst.
    local: Bucket,
    used: Instant,
    refused: Option<Refused>,
}

/// A tenant's last refusal.
#[derive(Debug, Clone, Copy)]
struct Refused {
    /// Until then nothing of it can pass.
    closed_until: Instant,
    /// Then what was refused would pass.
    retry_at: Instant,
}

impl Limits {
    pub(crate) fn new(redis: Redis, rate: Rate) -> Self {
        Self { redis: Switch::new(redis), rate, leases: Mutex::new(HashMap::new()) }
    }

    /// Asked before a body is read: a tenant that was refused a moment ago costs nothing until there can be room for it.
    pub(crate) fn may_come(&self, tenant: TenantId) -> Result<(), Duration> {
        let now = Instant::now();
        let leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        match leases.get(&tenant).and_then(|lease| lease.refused) {
            Some(refused) if refused.closed_until > now => Err(refused.retry_at.duration_since(now)),
            _ => Ok(()),
        }
    }

    /// Takes `items` of the tenant's allowance, or says how long to wait.
    pub(crate) async fn take(&self, tenant: TenantId, items: u64) -> Result<(), Duration> {
        if self.with(tenant, |lease| lease.take(items)) {
            return Ok(());
        }
        // A request larger than the burst could never pass: it empties the bucket instead.
        let fewest = items.min(self.rate.burst);
        let most = items.max(self.lease_tokens()).min(self.rate.burst);
        let taken = match self.ask(tenant, fewest, most).await {
            Some(taken) => taken,
            None => self.with(tenant, |lease| lease.local.take(fewest, Instant::now())),
        };
        match taken {
            Taken::Tokens(tokens) => {
                self.with(tenant, |lease| lease.add(tokens.saturating_sub(fewest)));
                Ok(())
            }
            Taken::Wait(wait) => {
                self.with(tenant, |lease| lease.refused = Some(self.refusal(fewest, wait)));
                Err(wait)
            }
        }
    }

    /// `None` while Redis is away.
    async fn ask(&self, tenant: TenantId, fewest: u64, most: u64) -> Option<Taken> {
        let redis = self.redis.closed()?;
        let key = format!("naru:limit:{}", tenant.hex());
        let asked = tokio::time::timeout(ASK_TIMEOUT, redis.take_tokens(&key, self.rate, fewest, most)).await;
        let Ok(Ok(taken)) = asked else {
            self.redis.open();
            return None;
        };
        if matches!(taken, Taken::Tokens(_)) {
            self.with(tenant, |lease| lease.local.note(fewest, Instant::now()));
        }
        Some(taken)
    }

    /// A smaller request than the refused one may pass before it, but none before there is a lease to have.
    fn refusal(&self, fewest: u64, wait: Duration) -> Refused {
        let now = Instant::now();
        let more = fewest.saturating_sub(self.lease_tokens()) as f64 / self.rate.per_s.max(1) as f64;
        let closed = wait.saturating_sub(Duration::from_secs_f64(more));
        Refused { closed_until: now + closed, retry_at: now + wait }
    }

    const fn lease_tokens(&self) -> u64 {
        self.rate.per_s / LEASES_PER_S
    }

    fn with<T>(&self, tenant: TenantId, change: impl FnOnce(&mut Lease) -> T) -> T {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        if leases.len() >= TENANTS_MAX && !leases.contains_key(&tenant) {
            forget_idle(&mut leases);
        }
        let now = Instant::now();
        let new = || Lease { tokens: 0, local: Bucket::new(self.rate, now), used: now, refused: None };
        let lease = leases.entry(tenant).or_insert_with(new);
        lease.used = now;
        change(lease)
    }
}

impl Lease {
    fn take(&mut self, items: u64) -> bool {
        let is_enough = self.tokens >= items;
        if is_enough {
            self.tokens -= items;
            self.local.note(items, self.used);
        }
        is_enough
    }

    fn add(&mut self, tokens: u64) {
        self.tokens += tokens;
        self.refused = None;
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
mod tests;
