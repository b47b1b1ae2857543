//! The live tail over Arrow Flight: what a reader asks (`DoGet` ticket) and what the answer covers.
//!
//! The reader asks the tail first and the catalog second. The tail states `committed_seq`: it holds every row after
//! that sequence. The reader then takes only segments whose `last_seq` is at or below it. So a commit between the two
//! reads leaves neither a gap nor a double row.

use naru_ids::{ProjectId, TenantId};
use naru_signal::Table;
use serde::{Deserialize, Serialize};

/// The key of [`TailState`] (JSON) in the metadata of the answer's Arrow schema.
pub const TAIL_STATE_KEY: &str = "naru.tail";

/// A `DoGet` ticket, as JSON. Rows outside the range are left out; columns are those of the lake's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TailTicket {
    pub v: u8,
    pub tenant: TenantId,
    pub project: ProjectId,
    /// Of a table of rollups, rows come in its buckets.
    pub table: Table,
    /// Unix ns, inclusive; compared with `start_ns`, `time_ns` or `at_ns`.
    pub from_ns: i64,
    /// Unix ns, exclusive.
    pub to_ns: i64,
    /// Only rows of these traces (32 hex letters each), whatever their time. A writer that does not know this answers all
    /// rows in range, so a reader looks at each row's trace again.
    #[serde(default)]
    pub trace_ids: Option<Vec<String>>,
    /// Only rollups of these kinds, by code; empty = all. Of other tables, nothing.
    #[serde(default)]
    pub kinds: Vec<u8>,
    /// Columns wanted, in this order; empty = all.
    pub columns: Vec<String>,
}

/// What the answer covers: rows with sequence in `(committed_seq, through_seq]` of one partition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TailState {
    pub v: u8,
    pub partition: u16,
    /// The lease epoch of the writer that answers. A reader refuses an epoch other than the catalog's.
    pub epoch: i64,
    pub committed_seq: u64,
    pub through_seq: u64,
    /// True until the writer has caught up with what was on the bus when it took the partition.
    pub replaying: bool,
}
