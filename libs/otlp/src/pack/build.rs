//! Filling a pack.

use bytes::Bytes;
use zstd::bulk::Compressor;

use super::{ENTRY_HEADER_LEN, HEADER_LEN, MAGIC, PACK_RAW_BYTES_MAX, PackedEntry, Shares, VERSION};

/// The only codec so far: an OTLP export request as protobuf.
pub(super) const CODEC_OTLP: u8 = 0;
pub(super) const FLAG_UNBILLED: u8 = 1;

const ZSTD_LEVEL: i32 = 1;

/// Entries waiting for one message.
#[derive(Debug, Default)]
pub struct PackBuilder {
    entries: Vec<PackedEntry>,
    raw_bytes: usize,
}

impl PackBuilder {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes before compression if it were finished now.
    #[must_use]
    pub fn raw_bytes(&self) -> usize {
        self.raw_bytes
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// False when the pack would grow beyond what readers accept: finish this one first.
    #[must_use]
    pub fn has_room_for(&self, entry: &PackedEntry) -> bool {
        self.entries.is_empty() || self.raw_bytes + ENTRY_HEADER_LEN + entry.bytes.len() <= PACK_RAW_BYTES_MAX
    }

    pub fn push(&mut self, entry: PackedEntry) {
        self.raw_bytes += ENTRY_HEADER_LEN + entry.bytes.len();
        self.entries.push(entry);
    }

    /// The message. `gateway` and `sequence` name it in logs.
    #[must_use]
    pub fn finish(self, gateway: u64, sequence: u64) -> Bytes {
        self.finish_with(&mut PackWriter::default(), gateway, sequence).0
    }

    /// The same and whose it is, with a writer that is kept: making one costs more than a small pack does.
    #[must_use]
    pub fn finish_with(self, writer: &mut PackWriter, gateway: u64, sequence: u64) -> (Bytes, Shares) {
        let PackWriter { compressor, body, compressed } = writer;
        body.clear();
        body.reserve(self.raw_bytes);
        for entry in &self.entries {
            put_entry_header(body, entry);
        }
        for entry in &self.entries {
            body.extend_from_slice(&entry.bytes);
        }
        compressed.clear();
        compressed.reserve(zstd::zstd_safe::compress_bound(body.len()));
        compressor
            .compress_to_buffer(body, compressed)
            .expect("compressing memory to memory that is large enough does not fail");
        let mut message = Vec::with_capacity(HEADER_LEN + compressed.len());
        message.extend_from_slice(&MAGIC);
        message.push(VERSION);
        message.extend_from_slice(&gateway.to_be_bytes());
        message.extend_from_slice(&sequence.to_be_bytes());
        message.extend_from_slice(&length(self.entries.len()).to_be_bytes());
        message.extend_from_slice(&length(body.len()).to_be_bytes());
        message.extend_from_slice(compressed);
        let shares = Shares::of(&self.entries, message.len());
        (message.into(), shares)
    }
}

/// What packs are written with: a compressor and its buffers, which are as large as the largest pack so far.
pub struct PackWriter {
    compressor: Compressor<'static>,
    body: Vec<u8>,
    compressed: Vec<u8>,
}

impl Default for PackWriter {
    fn default() -> Self {
        let compressor = Compressor::new(ZSTD_LEVEL).expect("zstd knows its own levels");
        Self { compressor, body: Vec::new(), compressed: Vec::new() }
    }
}

impl std::fmt::Debug for PackWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PackWriter").finish_non_exhaustive()
    }
}

fn put_entry_header(out: &mut Vec<u8>, entry: &PackedEntry) {
    out.extend_from_slice(&entry.id.0.to_be_bytes());
    out.extend_from_slice(entry.tenant.uuid().as_bytes());
    out.extend_from_slice(entry.project.uuid().as_bytes());
    out.extend_from_slice(entry.key.uuid().as_bytes());
    out.push(entry.signal.code());
    out.push(CODEC_OTLP);
    out.push(if entry.is_unbilled { FLAG_UNBILLED } else { 0 });
    out.extend_from_slice(&entry.items.to_be_bytes());
    out.extend_from_slice(&length(entry.bytes.len()).to_be_bytes());
    out.extend_from_slice(&crc32c::crc32c(&entry.bytes).to_be_bytes());
    out.extend_from_slice(&entry.received_ms.to_be_bytes());
    out.extend_from_slice(&entry.clock_offset_ms.to_be_bytes());
}

fn length(length: usize) -> u32 {
    u32::try_from(length).expect("a pack is far below 4 GiB")
}
