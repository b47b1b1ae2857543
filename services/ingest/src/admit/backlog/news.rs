//! What is known of one partition's backlog: pure.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use naru_ids::TenantId;
use naru_otlp::pack::Shares;
use naru_writer_api::{BACKLOG_STALE_MS, Backlog};

const STALE: Duration = Duration::from_millis(BACKLOG_STALE_MS);
/// Above this part of the cap, a half, shares count.
const CROWDED_PART: u64 = 2;
/// No tenant holds more than this part of the cap, a quarter.
const TENANT_PART: u64 = 4;
/// A tenant is told to come back when its excess is drained, but within these.
const WAIT_MIN: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(30);
/// When nothing drains, or nobody knows.
const WAIT_UNKNOWN: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct News {
    /// `None` before the first word.
    heard: Option<Instant>,
    epoch: i64,
    cap_bytes: u64,
    waiting_bytes: u64,
    drained_bytes_per_s: u64,
    tenants_count: u64,
    /// Bytes that wait, of those who hold most.
    tenants: HashMap<TenantId, u64>,
    /// Appended by this gateway since.
    since_bytes: u64,
    since: HashMap<TenantId, u64>,
    /// All that the stream holds, asked while nobody says what waits.
    stream_bytes: u64,
}

impl News {
    pub(super) fn new(cap_bytes: u64) -> Self {
        Self {
            heard: None,
            epoch: i64::MIN,
            cap_bytes,
            waiting_bytes: 0,
            drained_bytes_per_s: 0,
            tenants_count: 0,
            tenants: HashMap::new(),
            since_bytes: 0,
            since: HashMap::new(),
            stream_bytes: 0,
        }
    }

    /// The word of an earlier owner, late, counts nothing; unless nobody else has spoken for a while.
    pub(super) fn hear(&mut self, backlog: Backlog, now: Instant) {
        if backlog.epoch < self.epoch && !self.is_stale(now) {
            return;
        }
        self.heard = Some(now);
        self.epoch = backlog.epoch;
        self.cap_bytes = backlog.cap_bytes;
        self.waiting_bytes = backlog.waiting_bytes;
        self.drained_bytes_per_s = backlog.drained_bytes_per_s;
        self.tenants_count = backlog.tenants_count.into();
        self.tenants = backlog.tenants.iter().map(|held| (held.tenant, held.waiting_bytes)).collect();
        self.since_bytes = 0;
        self.since.clear();
        self.stream_bytes = 0;
    }

    pub(super) fn appended(&mut self, bytes: u64, shares: &Shares) {
        self.since_bytes += bytes;
        for (tenant, bytes) in shares.iter() {
            *self.since.entry(tenant).or_default() += bytes;
        }
    }

    pub(super) fn stream_holds(&mut self, bytes: u64) {
        self.stream_bytes = bytes;
    }

    pub(super) fn is_stale(&self, now: Instant) -> bool {
        self.heard.is_none_or(|heard| now.saturating_duration_since(heard) > STALE)
    }

    pub(super) fn may_come(&self, tenant: TenantId, now: Instant) -> Result<(), Duration> {
        // A stream without a cap is none of ours; the bus decides.
        if self.cap_bytes == 0 {
            return Ok(());
        }
        let is_stale = self.is_stale(now);
        let waiting = if is_stale { self.stream_bytes } else { self.waiting_bytes + self.since_bytes };
        let (crowded, quarter) = (self.cap_bytes / CROWDED_PART, self.cap_bytes / TENANT_PART);
        let held = self.held(tenant);
        let allowed = if waiting > crowded {
            let holders = self.holders();
            (crowded / holders.max(1)).min(quarter)
        } else if is_stale {
            return Ok(());
        } else {
            quarter
        };
        if held <= allowed {
            return Ok(());
        }
        Err(if is_stale { WAIT_UNKNOWN } else { self.wait(held - allowed, held, waiting) })
    }

    fn held(&self, tenant: TenantId) -> u64 {
        let of = |by: &HashMap<TenantId, u64>| by.get(&tenant).copied().unwrap_or(0);
        of(&self.tenants) + of(&self.since)
    }

    fn holders(&self) -> u64 {
        let new = self.since.keys().filter(|tenant| !self.tenants.contains_key(tenant)).count() as u64;
        // Some of the new ones may be among those that were counted and not named.
        self.tenants_count.max(self.tenants.len() as u64 + new)
    }

    /// Tenants drain in proportion to what they hold.
    fn wait(&self, excess: u64, held: u64, waiting: u64) -> Duration {
        let drained = self.drained_bytes_per_s as f64 * held as f64 / waiting.max(1) as f64;
        match Duration::try_from_secs_f64(excess as f64 / drained) {
            Ok(wait) => wait.clamp(WAIT_MIN, WAIT_MAX),
            Err(_) => WAIT_UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests;
