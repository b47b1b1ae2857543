//! gzip and zstd, never further than the bound: a bomb costs what the bound costs.

use std::io::{Cursor, Read};

use bytes::Bytes;

use crate::{answer::Refusal, memory::Reserved};

/// One request, decompressed.
pub(crate) const REQUEST_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Room for a usual request at once; more doubles it.
const FIRST_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Gzip,
    Zstd,
}

impl Encoding {
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
pub(crate) struct Inflating {
    compressed: Bytes,
    /// `None` when nothing is left to read.
    reader: Option<Box<dyn Read + Send>>,
    plain: Vec<u8>,
    what: &'static str,
}

impl Inflating {
    pub(crate) fn new(encoding: Encoding, body: Bytes) -> Result<Self, Refusal> {
        let source = Cursor::new(body.clone());
        let (reader, what): (Option<Box<dyn Read + Send>>, _) = match encoding {
            Encoding::Plain if body.len() > REQUEST_BYTES_MAX => return Err(too_large()),
            Encoding::Plain => (None, "plain"),
            Encoding::Gzip => (Some(Box::new(flate2::bufread::MultiGzDecoder::new(source))), "gzip"),
            Encoding::Zstd => {
                let decoder = zstd::stream::read::Decoder::with_buffer(source);
                (Some(Box::new(decoder.map_err(|error| broken("zstd", &error))?)), "zstd")
            }
        };
        Ok(Self { compressed: body, reader, plain: Vec::new(), what })
    }

    /// Everything is plain, and no more than `bytes`.
    pub(crate) fn is_done_within(&self, bytes: usize) -> bool {
        self.reader.is_none() && self.compressed.len().max(self.plain.len()) <= bytes
    }

    /// Inflates to `bytes_max` at most, unless it ends before; 413 as soon as it passes [`REQUEST_BYTES_MAX`].
    pub(crate) fn inflate(&mut self, bytes_max: usize, memory: &mut Reserved) -> Result<(), Refusal> {
        while let Some(reader) = &mut self.reader
            && self.plain.len() < bytes_max
        {
            if self.plain.len() == self.plain.capacity() {
                // One byte more than may come, to see that it does.
                let room = (2 * self.plain.len()).clamp(FIRST_BYTES, REQUEST_BYTES_MAX + 1);
                // While it moves both are there.
                memory.set(self.compressed.len() + self.plain.len() + room)?;
                self.plain.reserve_exact(room - self.plain.len());
                memory.set(self.compressed.len() + self.plain.capacity())?;
            }
            let free = self.plain.capacity() - self.plain.len();
            let read = reader.take(free as u64).read_to_end(&mut self.plain);
            if read.map_err(|error| broken(self.what, &error))? < free {
                self.reader = None;
            }
            if self.plain.len() > REQUEST_BYTES_MAX {
                return Err(too_large());
            }
        }
        Ok(())
    }

    /// The whole plain body; `memory` then holds that and nothing else.
    pub(crate) fn finish(mut self, memory: &mut Reserved) -> Result<Bytes, Refusal> {
        self.inflate(usize::MAX, memory)?;
        if self.what == "plain" {
            return Ok(self.compressed);
        }
        self.plain.shrink_to_fit();
        memory.set(self.plain.len())?;
        Ok(self.plain.into())
    }
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

    use super::*;
    use crate::memory::Memory;

    fn decompress(encoding: Encoding, body: Bytes) -> Result<Bytes, Refusal> {
        let mut memory = Memory::new(256 * 1024 * 1024).reserve().unwrap();
        Inflating::new(encoding, body)?.finish(&mut memory)
    }

    #[test]
    fn what_a_body_becomes_is_counted_while_it_grows() {
        let zeros = gzip(&vec![0; 1024 * 1024]);
        let memory = Memory::new(512 * 1024);
        let mut reserved = memory.reserve().unwrap();
        let mut inflating = Inflating::new(Encoding::Gzip, zeros).unwrap();
        assert_eq!(inflating.inflate(100 * 1024, &mut reserved), Ok(()));
        assert!(!inflating.is_done_within(usize::MAX));
        assert_eq!(inflating.finish(&mut reserved), Err(Refusal::Busy));
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
