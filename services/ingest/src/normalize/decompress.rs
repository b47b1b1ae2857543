//! gzip and zstd, never further than the bound: a bomb costs what the bound costs.

use std::io::{Cursor, Read};

use bytes::Bytes;

use crate::{answer::Refusal, memory::Reserved};

/// One request, decompressed.
pub(crate) const REQUEST_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Room at once, unless more is announced; more doubles it.
const FIRST_BYTES: usize = 64 * 1024;
/// Of an announced length, this many times the body is believed. Telemetry compresses to a tenth.
const BELIEVED_RATIO: usize = 32;
/// 8 MiB, which RFC 8878 asks of every decoder; more is for files. zstd itself would take 128 MiB on a header's word.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

impl Encoding {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// Of `content-encoding` or `grpc-encoding`; absent = plain.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, Refusal> {
        let name = text.unwrap_or_default().trim().to_ascii_lowercase();
        match name.as_str() {
            "" | "identity" => Ok(Self::Plain),
            "gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::Zstd),
            other => {
                let shown: String = other.chars().take(40).collect();
                Err(Refusal::UnsupportedType(format!(
                    "encoding `{shown}` is not known here; use gzip, zstd or none"
                )))
            }
        }
    }
}

/// A body on its way to being plain. Its output is counted before there is room for it.
///
/// What decompresses holds up to 8 MiB itself, which nobody counts: it exists only while somebody works on the body, and
/// those are as many as there are threads.
pub(crate) struct Inflating {
    encoding: Encoding,
    compressed: Bytes,
    /// `None` before the first byte was read, and when nothing is left to read.
    reader: Option<Box<dyn Read + Send>>,
    plain: Vec<u8>,
    /// Made plain so far, also what was put down since; once, when it is read again.
    worked_bytes: usize,
    is_done: bool,
}

impl Inflating {
    pub(crate) fn new(encoding: Encoding, body: Bytes) -> Result<Self, Refusal> {
        let is_done = encoding == Encoding::Plain;
        if is_done && body.len() > REQUEST_BYTES_MAX {
            return Err(too_large());
        }
        Ok(Self { encoding, compressed: body, reader: None, plain: Vec::new(), worked_bytes: 0, is_done })
    }

    /// What it says to become; a lie costs its sender nothing and us little.
    pub(crate) fn announced_bytes(&self) -> usize {
        let announced = match self.encoding {
            Encoding::Plain => Some(self.compressed.len()),
            // The last four bytes are the length of what was compressed.
            Encoding::Gzip => self.compressed.last_chunk().map(|bytes| u32::from_le_bytes(*bytes) as usize),
            Encoding::Zstd => zstd::zstd_safe::get_frame_content_size(&self.compressed)
                .ok()
                .flatten()
                .and_then(|bytes| usize::try_from(bytes).ok()),
        };
        announced.unwrap_or(0)
    }

    /// Everything is plain, and no more than `bytes`.
    pub(crate) fn is_done_within(&self, bytes: usize) -> bool {
        self.is_done && self.compressed.len().max(self.plain.len()) <= bytes
    }

    /// Inflates to `bytes_max` and a byte at most, unless it ends before; 413 as soon as it passes
    /// [`REQUEST_BYTES_MAX`].
    pub(crate) fn inflate(&mut self, bytes_max: usize, memory: &mut Reserved) -> Result<(), Refusal> {
        while !self.is_done && self.plain.len() < bytes_max {
            if self.plain.len() == self.plain.capacity() {
                self.make_room(memory)?;
            }
            if self.reader.is_none() {
                self.reader = Some(reader(self.encoding, self.compressed.clone())?);
            }
            let Some(reader) = &mut self.reader else { break };
            let free = self.plain.capacity() - self.plain.len();
            // One byte more than may come, to see that it does.
            let wanted = free.min((bytes_max - self.plain.len()).saturating_add(1));
            let read = reader.take(wanted as u64).read_to_end(&mut self.plain);
            self.worked_bytes = self.worked_bytes.max(self.plain.len());
            if read.map_err(|error| broken(self.encoding.name(), &error))? < wanted {
                (self.reader, self.is_done) = (None, true);
            }
            if self.plain.len() > REQUEST_BYTES_MAX {
                return Err(too_large());
            }
        }
        Ok(())
    }

    fn make_room(&mut self, memory: &mut Reserved) -> Result<(), Refusal> {
        let believed = self.announced_bytes().min(self.compressed.len().saturating_mul(BELIEVED_RATIO));
        let room = if self.plain.capacity() == 0 { believed + 1 } else { 2 * self.plain.len() };
        let room = room.clamp(FIRST_BYTES, REQUEST_BYTES_MAX + 1);
        // While it moves both are there.
        memory.set(self.compressed.len() + self.plain.len() + room)?;
        self.plain.reserve_exact(room - self.plain.len());
        memory.set(self.compressed.len() + self.plain.capacity())
    }

    /// Puts down everything but the body itself, until somebody has time for it.
    pub(crate) fn rest(&mut self, memory: &mut Reserved) -> Result<(), Refusal> {
        if self.encoding != Encoding::Plain {
            (self.reader, self.plain, self.is_done) = (None, Vec::new(), false);
        }
        memory.set(self.compressed.len())
    }

    /// What it has cost so far, whatever was announced.
    pub(crate) fn worked_bytes(&self) -> usize {
        self.worked_bytes.max(self.compressed.len())
    }

    /// The whole plain body; `memory` then holds that and nothing else.
    pub(crate) fn finish(&mut self, memory: &mut Reserved) -> Result<Bytes, Refusal> {
        self.inflate(usize::MAX, memory)?;
        if self.encoding == Encoding::Plain {
            return Ok(self.compressed.clone());
        }
        let mut plain = std::mem::take(&mut self.plain);
        plain.shrink_to_fit();
        memory.set(plain.len())?;
        Ok(plain.into())
    }
}

fn reader(encoding: Encoding, body: Bytes) -> Result<Box<dyn Read + Send>, Refusal> {
    let source = Cursor::new(body);
    let broken = |error| broken(encoding.name(), &error);
    Ok(match encoding {
        Encoding::Plain => Box::new(source),
        Encoding::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Encoding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(source).map_err(broken)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(broken)?;
            Box::new(decoder)
        }
    })
}

fn broken(what: &str, error: &std::io::Error) -> Refusal {
    let detail = format!("the body is not {what} as its header says: {error}");
    Refusal::Malformed { code: "malformed", detail }
}

pub(crate) fn too_large() -> Refusal {
    Refusal::TooLarge(format!(
        "a request may hold {} MiB after decompression; send smaller batches",
        REQUEST_BYTES_MAX / 1024 / 1024
    ))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use naru_ids::{TenantId, UnixMs};

    use super::*;
    use crate::memory::Memory;

    fn decompress(encoding: Encoding, body: Bytes) -> Result<Bytes, Refusal> {
        let mut memory = Memory::new(256 * 1024 * 1024).reserve(TenantId::new(UnixMs(1)));
        Inflating::new(encoding, body)?.finish(&mut memory)
    }

    #[test]
    fn what_a_body_becomes_is_counted_while_it_grows() {
        let zeros = gzip(&vec![0; 1024 * 1024]);
        let memory = Memory::new(512 * 1024);
        let mut reserved = memory.reserve(TenantId::new(UnixMs(1)));
        let mut inflating = Inflating::new(Encoding::Gzip, zeros).unwrap();
        assert_eq!(inflating.inflate(100 * 1024, &mut reserved), Ok(()));
        assert!(!inflating.is_done_within(usize::MAX));
        assert_eq!(inflating.finish(&mut reserved), Err(Refusal::Busy));
    }

    #[test]
    fn what_a_body_says_to_become_is_believed_within_reason() {
        let memory = Memory::new(256 * 1024 * 1024);
        let honest = gzip(&b"some telemetry ".repeat(20_000));
        let mut inflating = Inflating::new(Encoding::Gzip, honest).unwrap();
        assert_eq!(inflating.announced_bytes(), 300_000);
        inflating.inflate(1_000, &mut memory.reserve(TenantId::new(UnixMs(1)))).unwrap();
        assert_eq!(inflating.plain.len(), 1_001, "no more than was asked for");

        let mut liar = gzip(b"tiny").to_vec();
        let end = liar.len() - 4;
        liar[end..].copy_from_slice(&u32::MAX.to_le_bytes());
        let mut inflating = Inflating::new(Encoding::Gzip, liar.into()).unwrap();
        let refused =
            inflating.inflate(usize::MAX, &mut memory.reserve(TenantId::new(UnixMs(1)))).unwrap_err();
        assert_eq!((refused.http_status(), inflating.plain.capacity()), (400, FIRST_BYTES));
    }

    #[test]
    fn a_body_that_rests_holds_nothing_but_itself_and_goes_on_from_the_start() {
        let memory = Memory::new(4 * 1024 * 1024);
        let text = b"some telemetry ".repeat(20_000);
        let compressed: Bytes = zstd::bulk::compress(&text, 1).unwrap().into();
        let mut reserved = memory.reserve(TenantId::new(UnixMs(1)));
        let mut inflating = Inflating::new(Encoding::Zstd, compressed).unwrap();
        inflating.inflate(1_000, &mut reserved).unwrap();
        inflating.rest(&mut reserved).unwrap();
        assert_eq!((inflating.plain.capacity(), inflating.reader.is_none()), (0, true));
        assert_eq!(inflating.finish(&mut reserved).unwrap(), text);
    }

    #[test]
    fn a_zstd_window_of_more_than_eight_mebibytes_is_refused() {
        // Magic, no checksum and no content size, window 2^27, then an empty last block.
        let body = [&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 17 << 3][..], &[0x01, 0, 0]].concat();
        assert_eq!(decompress(Encoding::Zstd, body.into()).unwrap_err().http_status(), 400);
    }

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn what_was_compressed_comes_back() {
        let text = b"some telemetry ".repeat(1_000);
        let zstd: Bytes = zstd::bulk::compress(&text, 1).unwrap().into();
        assert_eq!(decompress(Encoding::Gzip, gzip(&text)).unwrap(), text);
        assert_eq!(decompress(Encoding::Zstd, zstd).unwrap(), text);
        assert_eq!(decompress(Encoding::Plain, text.clone().into()).unwrap(), text);
    }

    #[test]
    fn bombs_are_refused_at_the_bound() {
        let zeros = vec![0; REQUEST_BYTES_MAX + 1];
        let zstd: Bytes = zstd::bulk::compress(&zeros, 1).unwrap().into();
        assert_eq!(decompress(Encoding::Gzip, gzip(&zeros)), Err(too_large()));
        assert_eq!(decompress(Encoding::Zstd, zstd), Err(too_large()));
    }

    #[test]
    fn a_body_that_is_not_what_it_says_is_malformed() {
        for encoding in [Encoding::Gzip, Encoding::Zstd] {
            let refused = decompress(encoding, Bytes::from_static(b"plain text")).unwrap_err();
            assert_eq!(refused.http_status(), 400);
        }
        assert!(matches!(Encoding::parse(Some("br")), Err(Refusal::UnsupportedType(_))));
    }

    #[test]
    fn names_of_encodings_are_read_in_any_case() {
        for (text, encoding) in [("GZIP", Encoding::Gzip), (" Zstd ", Encoding::Zstd), ("", Encoding::Plain)]
        {
            assert_eq!(Encoding::parse(Some(text)), Ok(encoding));
        }
    }
}
