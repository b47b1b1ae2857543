//! A token bucket in memory.

use std::time::{Duration, Instant};

use naru_redis::{Rate, Taken};

/// Of a rate of nothing: ask again after this long.
const NEVER: Duration = Duration::from_secs(3_600);

#[derive(Debug)]
pub(super) struct Bucket {
    rate: Rate,
    level: f64,
    filled: Instant,
}

impl Bucket {
    /// Full.
    pub(super) fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, level: rate.burst as f64, filled: now }
    }

    pub(super) fn take(&mut self, tokens: u64, now: Instant) -> Taken {
        self.fill(now);
        let missing = tokens as f64 - self.level;
        if missing <= 0.0 {
            self.level -= tokens as f64;
            return Taken::Tokens(tokens);
        }
        let wait = Duration::try_from_secs_f64(missing / self.rate.per_s as f64);
        Taken::Wait(wait.unwrap_or(NEVER).min(NEVER))
    }

    /// They were taken elsewhere.
    pub(super) fn note(&mut self, tokens: u64, now: Instant) {
        self.fill(now);
        self.level = (self.level - tokens as f64).max(0.0);
    }

    fn fill(&mut self, now: Instant) {
        let grown = now.saturating_duration_since(self.filled).as_secs_f64() * self.rate.per_s as f64;
        self.level = (self.level + grown).min(self.rate.burst as f64);
        self.filled = now;
    }
}
