//! Reading a pack: bounded, and honest about what it can't read.

use bytes::Bytes;
use naru_ids::{KeyId, ProjectId, TenantId};
use naru_signal::Signal;
use uuid::Uuid;

use super::{
    ENTRY_HEADER_LEN, HEADER_LEN, MAGIC, PACK_RAW_BYTES_MAX, PackedEntry, VERSION,
    build::{CODEC_OTLP, FLAG_UNBILLED},
};
use crate::admit::EntryId;

/// A pack that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    pub gateway: u64,
    pub sequence: u64,
    pub entries: Vec<PackedEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// A newer gateway wrote it: stop, and start a newer reader. Skipping it would lose what was acknowledged.
    #[error("pack version {0} is not known here")]
    UnknownVersion(u8),
    #[error("entry codec {0} is not known here")]
    UnknownCodec(u8),
    #[error("not a pack")]
    NotAPack,
    #[error("the pack is damaged: {0}")]
    Damaged(&'static str),
}

impl Pack {
    /// Reads every version ever shipped.
    pub fn decode(message: &[u8]) -> Result<Self, PackError> {
        let mut header = Reader(message);
        if header.array()? != MAGIC {
            return Err(PackError::NotAPack);
        }
        match header.array::<1>()? {
            [VERSION] => {}
            [other] => return Err(PackError::UnknownVersion(other)),
        }
        let (gateway, sequence) = (u64::from_be_bytes(header.array()?), u64::from_be_bytes(header.array()?));
        let (count, raw_len) = (header.length()?, header.length()?);
        if raw_len > PACK_RAW_BYTES_MAX + ENTRY_HEADER_LEN || count > raw_len / ENTRY_HEADER_LEN {
            return Err(PackError::Damaged("its lengths are impossible"));
        }
        let body = zstd::bulk::decompress(&message[HEADER_LEN..], raw_len)
            .map_err(|_| PackError::Damaged("its body does not decompress"))?;
        if body.len() != raw_len {
            return Err(PackError::Damaged("its body has another length"));
        }
        let entries = read_entries(&body.into(), count)?;
        Ok(Self { gateway, sequence, entries })
    }
}

fn read_entries(body: &Bytes, count: usize) -> Result<Vec<PackedEntry>, PackError> {
    let mut headers = Reader(&body[..count * ENTRY_HEADER_LEN]);
    let mut at = count * ENTRY_HEADER_LEN;
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let mut entry = PackedEntry {
            id: EntryId(u128::from_be_bytes(headers.array()?)),
            tenant: TenantId::from_uuid(Uuid::from_bytes(headers.array()?)),
            project: ProjectId::from_uuid(Uuid::from_bytes(headers.array()?)),
            key: KeyId::from_uuid(Uuid::from_bytes(headers.array()?)),
            signal: Signal::from_code(headers.array::<1>()?[0])
                .ok_or(PackError::Damaged("an unknown signal"))?,
            is_unbilled: false,
            items: 0,
            received_ms: 0,
            clock_offset_ms: 0,
            bytes: Bytes::new(),
        };
        let [codec, flags] = headers.array()?;
        if codec != CODEC_OTLP {
            return Err(PackError::UnknownCodec(codec));
        }
        entry.is_unbilled = flags & FLAG_UNBILLED != 0;
        entry.items = u32::from_be_bytes(headers.array()?);
        let (length, crc) = (headers.length()?, u32::from_be_bytes(headers.array()?));
        entry.received_ms = u64::from_be_bytes(headers.array()?);
        entry.clock_offset_ms = i32::from_be_bytes(headers.array()?);
        if length > body.len() - at {
            return Err(PackError::Damaged("an entry is longer than the rest"));
        }
        entry.bytes = body.slice(at..at + length);
        at += length;
        if crc32c::crc32c(&entry.bytes) != crc {
            return Err(PackError::Damaged("an entry's checksum does not match"));
        }
        entries.push(entry);
    }
    if at != body.len() {
        return Err(PackError::Damaged("bytes are left over"));
    }
    Ok(entries)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], PackError> {
        let (array, rest) = self.0.split_first_chunk::<N>().ok_or(PackError::Damaged("it ends too early"))?;
        self.0 = rest;
        Ok(*array)
    }

    fn length(&mut self) -> Result<usize, PackError> {
        Ok(u32::from_be_bytes(self.array()?) as usize)
    }
}
