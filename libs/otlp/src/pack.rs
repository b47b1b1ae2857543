//! A pack: entries of one partition in one bus message.
//!
//! Layout, version 1, integers big-endian. Outer header, not compressed:
//!
//! ```text
//! 4 magic "NPK1" · 1 version · 8 gateway id · 8 sequence of that gateway · 4 entries · 4 length of the body raw
//! ```
//!
//! then the body, zstd level 1: all entry headers, then all entry bytes.
//!
//! ```text
//! 16 entry id · 16 tenant · 16 project · 16 key · 1 signal · 1 codec · 1 flags · 4 items · 4 raw length · 4 crc32c
//! · 8 received, unix ms · 4 clock offset, ms, signed
//! ```
//!
//! Readers know every version ever shipped; an unknown one stops them loudly, since skipping it would lose data.

mod build;
mod read;
mod shares;

use bytes::Bytes;
use naru_ids::{KeyId, ProjectId, TenantId};
use naru_signal::Signal;

use crate::admit::EntryId;

pub use build::{PackBuilder, PackWriter};
pub use read::{Pack, PackError};
pub use shares::{SHARES_HEADER, SHARES_MAX, Shares};

const MAGIC: [u8; 4] = *b"NPK1";
const VERSION: u8 = 1;
const HEADER_LEN: usize = 4 + 1 + 8 + 8 + 4 + 4;
const ENTRY_HEADER_LEN: usize = 16 * 4 + 3 + 4 * 3 + 8 + 4;
/// A reader allocates this much at most for one pack.
pub const PACK_RAW_BYTES_MAX: usize = 16 * 1024 * 1024;

/// An entry with what the gateway knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedEntry {
    pub id: EntryId,
    pub tenant: TenantId,
    pub project: ProjectId,
    pub key: KeyId,
    pub signal: Signal,
    /// Sent by us for show: stored and drawn, never billed.
    pub is_unbilled: bool,
    /// Spans, data points or log records.
    pub items: u32,
    /// When the gateway had the whole request.
    pub received_ms: u64,
    /// How far the sender's clock is ahead, as well as that can be told; 0 when it can't.
    pub clock_offset_ms: i32,
    /// An OTLP export request as protobuf.
    pub bytes: Bytes,
}

#[cfg(test)]
mod tests;
