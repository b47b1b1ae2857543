//! How often somebody may try: counted in Redis for all console processes, and here as well, so that attempts stay
//! counted when Redis is away.

use std::{
    net::Ipv6Addr,
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

/// Wrong passwords for one mail address from one network address: a person mistypes a few times, a guesser needs
/// thousands. It belongs to both, so that a stranger elsewhere cannot lock a person out.
pub const LOGIN_BY_BOTH: Budget =
    Budget { name: "login-both", attempts: 10, window: Duration::from_secs(600) };
/// Wrong passwords for one mail address from everywhere: what guessers with many network addresses share.
pub const LOGIN_BY_EMAIL: Budget =
    Budget { name: "login-email", attempts: 200, window: Duration::from_secs(600) };
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

/// One-time codes made for one person; each is a row until it is used or expires.
pub const HAND_OVER: Budget = Budget { name: "hand-over", attempts: 60, window: Duration::from_secs(600) };
/// One-time codes tried from one network address, the right ones of a whole office among them.
pub const HAND_OVER_CODE: Budget =
    Budget { name: "hand-over-code", attempts: 600, window: Duration::from_secs(600) };
/// Test traces of one tenant; each is stored and never billed.
pub const TEST_TRACE: Budget = Budget { name: "test-trace", attempts: 60, window: Duration::from_secs(600) };

/// Local counters; the least used ones go first. They outlive every window.
const LOCAL_COUNTERS_MAX: u64 = 100_000;
const LOCAL_COUNTER_LIFE: Duration = Duration::from_secs(3_600);

/// An attempt that was counted.
#[derive(Debug)]
pub struct Attempt {
    key: String,
    window: Duration,
}

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
    pub async fn take(&self, budget: &Budget, who: &str) -> Result<Attempt, Error> {
        let (key, ends_in_s) = self.key(budget, who);
        // Both count always: the local number must be true at the moment Redis goes away.
        let here = self.local_counter(&key).await.fetch_add(1, Ordering::Relaxed) + 1;
        let everywhere = self.redis.incr_ex(&key, budget.window.as_secs()).await.unwrap_or(here);
        if everywhere > budget.attempts {
            return Err(Error::TooMany { retry_after_s: ends_in_s });
        }
        Ok(Attempt { key, window: budget.window })
    }

    /// Counts an attempt no more: it turned out to be none of those that are limited.
    pub async fn give_back(&self, attempt: Attempt) {
        let one_less = |count: u64| Some(count.saturating_sub(1));
        let counter = self.local_counter(&attempt.key).await;
        let _ = counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
        // Should Redis be away, the count there runs out with its window.
        let _ = self.redis.decr_ex(&attempt.key, attempt.window.as_secs()).await;
    }

    /// Gives the whole budget back: the right password proves that it was no guesser.
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

/// What one subscriber of a network has: a whole address of IPv4, and of IPv6 the first half, as the rest is theirs to
/// choose.
#[must_use]
pub fn network(address: &str) -> String {
    match address.parse::<Ipv6Addr>() {
        Ok(v6) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        _ => address.to_owned(),
    }
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
        for _ in 0..LOGIN_BY_BOTH.attempts {
            throttle.take(&LOGIN_BY_BOTH, "a@b.co").await.unwrap();
        }
        let refused = throttle.take(&LOGIN_BY_BOTH, "a@b.co").await;
        assert!(matches!(refused, Err(Error::TooMany { retry_after_s: 1..=600 })));
        throttle.take(&LOGIN_BY_BOTH, "other@b.co").await.unwrap();

        now.fetch_add(600_000, Ordering::Relaxed);
        throttle.take(&LOGIN_BY_BOTH, "a@b.co").await.unwrap();
    }

    #[tokio::test]
    async fn a_success_gives_the_budget_back() {
        let (throttle, _) = throttle_without_redis();
        for _ in 0..LOGIN_BY_BOTH.attempts {
            throttle.take(&LOGIN_BY_BOTH, "a@b.co").await.unwrap();
        }
        assert!(throttle.take(&LOGIN_BY_BOTH, "a@b.co").await.is_err());
        throttle.forget(&LOGIN_BY_BOTH, "a@b.co").await;
        throttle.take(&LOGIN_BY_BOTH, "a@b.co").await.unwrap();
    }

    #[tokio::test]
    async fn an_attempt_given_back_is_one_and_only_one_more() {
        let (throttle, _) = throttle_without_redis();
        let mut last = throttle.take(&LOGIN_BY_BOTH, "a@b.co").await.unwrap();
        for _ in 1..LOGIN_BY_BOTH.attempts {
            last = throttle.take(&LOGIN_BY_BOTH, "a@b.co").await.unwrap();
        }
        throttle.give_back(last).await;
        throttle.take(&LOGIN_BY_BOTH, "a@b.co").await.unwrap();
        assert!(throttle.take(&LOGIN_BY_BOTH, "a@b.co").await.is_err());
    }

    #[test]
    fn who_has_half_of_an_ipv6_address_is_one() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::"));
        assert_ne!(network("2001:db8:1:2::"), network("2001:db8:1:3::"));
        assert_ne!(network("198.51.100.7"), network("198.51.100.8"));
        assert_ne!(network("::ffff:198.51.100.7"), network("::ffff:198.51.100.8"));
    }
}
