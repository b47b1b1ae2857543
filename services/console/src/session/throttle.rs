//! How often somebody may try: counted in Redis for all console processes, and here as well, so that attempts stay
//! counted when Redis is away.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::future::Cache;
use naru_redis::Redis;
use naru_runtime::Clock;

use crate::error::Error;

/// So many attempts within a window.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Part of the counter's name.
    pub name: &'static str,
    pub attempts: u64,
    pub window: Duration,
}

/// Wrong passwords for one mail address: a person mistypes a few times, a guesser needs thousands.
pub const LOGIN_BY_EMAIL: Budget =
    Budget { name: "login-email", attempts: 10, window: Duration::from_secs(600) };
/// Wrong passwords from one network address: an office behind one address has many people.
pub const LOGIN_BY_ADDRESS: Budget =
    Budget { name: "login-address", attempts: 100, window: Duration::from_secs(600) };
/// Sign-ups from one network address; each costs a password hash and a mail.
pub const SIGN_UP: Budget = Budget { name: "sign-up", attempts: 300, window: Duration::from_secs(3_600) };
/// Availability checks while typing.
pub const AVAILABILITY: Budget =
    Budget { name: "availability", attempts: 600, window: Duration::from_secs(60) };
/// Verification mails to one person.
pub const RESEND: Budget = Budget { name: "resend", attempts: 5, window: Duration::from_secs(3_600) };
/// Verification links tried from one network address.
pub const VERIFY: Budget = Budget { name: "verify", attempts: 100, window: Duration::from_secs(600) };

/// Local counters; the least used ones go first. They outlive every window.
const LOCAL_COUNTERS_MAX: u64 = 100_000;
const LOCAL_COUNTER_LIFE: Duration = Duration::from_secs(3_600);

#[derive(Debug)]
pub struct Throttle {
    redis: Redis,
    clock: Clock,
    local: Cache<String, Arc<AtomicU64>>,
}

impl Throttle {
    #[must_use]
    pub fn new(redis: Redis, clock: Clock) -> Self {
        let local =
            Cache::builder().max_capacity(LOCAL_COUNTERS_MAX).time_to_live(LOCAL_COUNTER_LIFE).build();
        Self { redis, clock, local }
    }

    /// Counts an attempt of `who`, and refuses it when the budget of this window is spent.
    pub async fn take(&self, budget: &Budget, who: &str) -> Result<(), Error> {
        let (key, ends_in_s) = self.key(budget, who);
        // Both count always: the local number must be true at the moment Redis goes away.
        let here = self.local_counter(&key).await.fetch_add(1, Ordering::Relaxed) + 1;
        let everywhere = self.redis.incr_ex(&key, budget.window.as_secs()).await.unwrap_or(here);
        refuse_above(budget.attempts, everywhere, ends_in_s)
    }

    /// Refuses when the budget is spent, without counting.
    pub async fn peek(&self, budget: &Budget, who: &str) -> Result<(), Error> {
        let (key, ends_in_s) = self.key(budget, who);
        let everywhere = match self.redis.get(&key).await {
            Ok(text) => text.and_then(|text| String::from_utf8(text).ok()?.parse().ok()).unwrap_or(0),
            Err(_) => self.local_counter(&key).await.load(Ordering::Relaxed),
        };
        // One more must fit.
        refuse_above(budget.attempts, everywhere + 1, ends_in_s)
    }

    /// Gives the budget back: the right password proves that it was no guesser.
    pub async fn forget(&self, budget: &Budget, who: &str) {
        let (key, _) = self.key(budget, who);
        self.local.invalidate(&key).await;
        // Should Redis be away, the count there runs out with its window.
        let _ = self.redis.del(&key).await;
    }

    async fn local_counter(&self, key: &str) -> Arc<AtomicU64> {
        self.local.entry_by_ref(key).or_default().await.into_value()
    }

    /// Windows are cut by the clock, so the time until the next one is known. `who` is hashed: keys in Redis hold no
    /// mail address.
    fn key(&self, budget: &Budget, who: &str) -> (String, u64) {
        let now_s = self.clock.now().0 / 1_000;
        let window_s = budget.window.as_secs().max(1);
        let digest = naru_auth::digest(who);
        let key = format!("console:{}:{}:{}", budget.name, now_s / window_s, hex::encode(&digest[..16]));
        (key, window_s - now_s % window_s)
    }
}

fn refuse_above(attempts: u64, count: u64, retry_after_s: u64) -> Result<(), Error> {
    if count > attempts { Err(Error::TooMany { retry_after_s }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use naru_ids::UnixMs;

    use super::*;

    fn throttle_without_redis() -> (Throttle, Arc<AtomicU64>) {
        let now = Arc::new(AtomicU64::new(1_764_000_000_000));
        let clock = Clock::from_fn({
            let now = Arc::clone(&now);
            move || UnixMs(now.load(Ordering::Relaxed))
        });
        // Nothing listens on port 1.
        (Throttle::new(Redis::connect("redis://127.0.0.1:1"), clock), now)
    }

    #[tokio::test]
    async fn attempts_stay_limited_when_redis_is_away() {
        let (throttle, now) = throttle_without_redis();
        for _ in 0..LOGIN_BY_EMAIL.attempts {
            throttle.take(&LOGIN_BY_EMAIL, "a@b.co").await.unwrap();
        }
        let refused = throttle.take(&LOGIN_BY_EMAIL, "a@b.co").await;
        assert!(matches!(refused, Err(Error::TooMany { retry_after_s: 1..=600 })));
        throttle.take(&LOGIN_BY_EMAIL, "other@b.co").await.unwrap();

        now.fetch_add(600_000, Ordering::Relaxed);
        throttle.take(&LOGIN_BY_EMAIL, "a@b.co").await.unwrap();
    }

    #[tokio::test]
    async fn a_success_gives_the_budget_back() {
        let (throttle, _) = throttle_without_redis();
        for _ in 0..LOGIN_BY_EMAIL.attempts {
            throttle.take(&LOGIN_BY_EMAIL, "a@b.co").await.unwrap();
        }
        assert!(throttle.peek(&LOGIN_BY_EMAIL, "a@b.co").await.is_err());
        throttle.forget(&LOGIN_BY_EMAIL, "a@b.co").await;
        throttle.peek(&LOGIN_BY_EMAIL, "a@b.co").await.unwrap();
        throttle.take(&LOGIN_BY_EMAIL, "a@b.co").await.unwrap();
    }
}
