//! The catalog: which segments there are, who owns a partition, how far it is stored.
//!
//! [`read`] is for query. Everything else changes rows and is the writer's.

pub mod commit;
pub mod compact;
pub mod erase;
pub mod expire;
pub mod forget;
pub mod garbage;
pub mod keys;
pub mod lease;
pub mod names;
pub mod offset;
pub mod outbox;
pub mod read;
pub mod recent;
pub mod retention;

use naru_ids::{ProjectId, SegmentId, TenantId};
use naru_signal::Table;

use crate::seal::WrappedKey;

/// One extent of telemetry. `first_seq..=last_seq` are the sequences of the cut it came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    pub id: SegmentId,
    pub tenant: TenantId,
    pub project: ProjectId,
    pub table: Table,
    /// Days since 1970 UTC; no segment crosses a day.
    pub day: i32,
    pub partition: u16,
    pub first_seq: u64,
    pub last_seq: u64,
    pub level: i16,
    pub path: String,
    /// Bytes into the object at `path`.
    pub offset: u64,
    /// Sealed, as it lies there.
    pub length: u64,
    /// The extent's own key, under its tenant's.
    pub sealed_key: WrappedKey,
    pub rows: u64,
    /// Of the table's time column, unix ns, both inclusive.
    pub min_start_ns: i64,
    pub max_start_ns: i64,
}

/// Who owns a partition and how far it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionRow {
    pub partition: u16,
    /// `None` before the first writer took it, and after one let go.
    pub owner: Option<String>,
    pub epoch: i64,
    /// Unix ms; `None` when nobody holds a lease.
    pub lease_until_ms: Option<i64>,
    /// Everything on the bus up to this sequence is in segments.
    pub committed_seq: u64,
    /// Where the owner's tail answers.
    pub flight_url: Option<String>,
    /// How often segments of the partition were removed: a list of them holds while this number and `committed_seq` do.
    pub removals: u64,
}
