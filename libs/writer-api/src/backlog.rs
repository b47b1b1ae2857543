//! What waits on the bus to be stored, as the writer of a partition tells every gateway: core NATS, at most once.
//!
//! A byte waits from the bus's ack until the commit that holds it. Bytes are those of bus messages, compressed as they
//! lie there; a message's bytes are shared out among its tenants by what each put into it.

use naru_ids::TenantId;
use serde::{Deserialize, Serialize};

pub const BACKLOG_SUBJECTS: &str = "backlog.v1.*";
/// Told this often while anything waits.
pub const BACKLOG_EVERY_MS: u64 = 1_000;
/// Told this often when nothing waits, so that a listener knows that somebody is there.
pub const BACKLOG_IDLE_EVERY_MS: u64 = 5_000;
/// News this old says that the writer is gone, hangs, or cannot be heard.
pub const BACKLOG_STALE_MS: u64 = 12_000;
/// Tenants named in one message: those that hold most.
pub const BACKLOG_TENANTS_MAX: usize = 64;

/// `backlog.v1.07`.
#[must_use]
pub fn backlog_subject(partition: u16) -> String {
    format!("backlog.v1.{partition:02}")
}

/// One partition's backlog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlog {
    pub v: u8,
    pub partition: u16,
    /// The lease epoch of who says it: the word of an earlier owner counts nothing.
    pub epoch: i64,
    pub committed_seq: u64,
    /// Counted through this sequence.
    pub last_seq: u64,
    /// What the stream holds at most: behind this the bus refuses.
    pub cap_bytes: u64,
    /// In `(committed_seq, last_seq]`.
    pub waiting_bytes: u64,
    /// Committed, over the last minute or two.
    pub drained_bytes_per_s: u64,
    /// How many tenants hold anything of it.
    pub tenants_count: u32,
    /// The largest first.
    pub tenants: Vec<TenantBacklog>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantBacklog {
    pub tenant: TenantId,
    pub waiting_bytes: u64,
}
