//! Counting what waits, message by message: pure.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use naru_ids::TenantId;
use naru_otlp::pack::Shares;
use naru_writer_api::{BACKLOG_TENANTS_MAX, Backlog, TailState, TenantBacklog};

/// Cuts are up to a minute apart: what drains is a mean over two of them.
const DRAIN_WINDOW: Duration = Duration::from_secs(120);

/// Messages of one partition after its committed sequence.
#[derive(Debug)]
pub(super) struct Count {
    committed_seq: u64,
    last_seq: u64,
    messages: VecDeque<Message>,
    waiting_bytes: u64,
    tenants: HashMap<TenantId, u64>,
    since: Instant,
    /// When how much was committed, oldest first.
    drained: VecDeque<(Instant, u64)>,
}

#[derive(Debug)]
struct Message {
    seq: u64,
    bytes: u64,
    shares: Shares,
}

impl Count {
    pub(super) fn new(committed_seq: u64, now: Instant) -> Self {
        Self {
            committed_seq,
            last_seq: committed_seq,
            messages: VecDeque::new(),
            waiting_bytes: 0,
            tenants: HashMap::new(),
            since: now,
            drained: VecDeque::new(),
        }
    }

    pub(super) fn next_seq(&self) -> u64 {
        self.last_seq + 1
    }

    /// A message on the bus; those before the next sequence are known.
    pub(super) fn add(&mut self, seq: u64, bytes: u64, shares: Shares) {
        if seq <= self.last_seq {
            return;
        }
        self.last_seq = seq;
        if seq <= self.committed_seq {
            return;
        }
        self.waiting_bytes += bytes;
        for (tenant, bytes) in shares.iter() {
            *self.tenants.entry(tenant).or_default() += bytes;
        }
        self.messages.push_back(Message { seq, bytes, shares });
    }

    /// Everything through `seq` is stored.
    pub(super) fn committed(&mut self, seq: u64, now: Instant) {
        self.committed_seq = seq;
        let before = self.waiting_bytes;
        while self.messages.front().is_some_and(|message| message.seq <= seq) {
            let Some(message) = self.messages.pop_front() else { break };
            self.waiting_bytes -= message.bytes;
            for (tenant, bytes) in message.shares.iter() {
                if let Some(held) = self.tenants.get_mut(&tenant) {
                    *held -= bytes;
                    if *held == 0 {
                        self.tenants.remove(&tenant);
                    }
                }
            }
        }
        if self.waiting_bytes < before {
            self.drained.push_back((now, before - self.waiting_bytes));
        }
        while self.drained.front().is_some_and(|(at, _)| now.duration_since(*at) > DRAIN_WINDOW) {
            self.drained.pop_front();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// What gateways are told.
    pub(super) fn backlog(&self, tail: &TailState, cap_bytes: u64, now: Instant) -> Backlog {
        let of = |(&tenant, &waiting_bytes): (&TenantId, &u64)| TenantBacklog { tenant, waiting_bytes };
        let mut tenants: Vec<_> = self.tenants.iter().map(of).collect();
        tenants.sort_unstable_by_key(|held| (std::cmp::Reverse(held.waiting_bytes), held.tenant));
        tenants.truncate(BACKLOG_TENANTS_MAX);
        let window_s = now.duration_since(self.since).min(DRAIN_WINDOW).as_secs().max(1);
        Backlog {
            v: 1,
            partition: tail.partition,
            epoch: tail.epoch,
            committed_seq: self.committed_seq,
            last_seq: self.last_seq,
            cap_bytes,
            waiting_bytes: self.waiting_bytes,
            drained_bytes_per_s: self.drained.iter().map(|(_, bytes)| bytes).sum::<u64>() / window_s,
            tenants_count: u32::try_from(self.tenants.len()).unwrap_or(u32::MAX),
            tenants,
        }
    }
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    #[test]
    fn what_is_committed_waits_no_more_and_what_is_not_is_told_by_tenant() {
        let (acme, globex) = (TenantId::new(UnixMs(1)), TenantId::new(UnixMs(2)));
        let shares = |of: &[(TenantId, u64)]| {
            let text: Vec<_> = of.iter().map(|(tenant, bytes)| format!("{}={bytes}", tenant.hex())).collect();
            Shares::from_text(&text.join(","))
        };
        let start = Instant::now();
        let mut count = Count::new(4, start);
        count.add(5, 100, shares(&[(acme, 60), (globex, 40)]));
        count.add(5, 100, shares(&[(acme, 60)]));
        count.add(6, 50, shares(&[(globex, 50)]));
        count.add(7, 10, Shares::default());
        let tail = |committed_seq| TailState {
            v: 1,
            partition: 3,
            epoch: 9,
            committed_seq,
            through_seq: 7,
            replaying: false,
        };
        let backlog = count.backlog(&tail(4), 1_000, start);
        let held: Vec<_> = backlog.tenants.iter().map(|held| (held.tenant, held.waiting_bytes)).collect();
        assert_eq!((backlog.waiting_bytes, backlog.last_seq, backlog.tenants_count), (160, 7, 2));
        assert_eq!(held, [(globex, 90), (acme, 60)]);

        count.committed(5, start + Duration::from_secs(10));
        let backlog = count.backlog(&tail(5), 1_000, start + Duration::from_secs(10));
        assert_eq!((backlog.waiting_bytes, backlog.drained_bytes_per_s), (60, 10));
        assert_eq!(backlog.tenants, [TenantBacklog { tenant: globex, waiting_bytes: 50 }]);
        count.committed(7, start + Duration::from_secs(10));
        assert!(count.is_empty() && count.tenants.is_empty());
    }
}
