//! gzip and zstd, never further than the bound: a bomb costs what the bound costs.

use std::io::Read;

use bytes::Bytes;

use crate::answer::Refusal;

/// One request, decompressed.
pub(crate) const REQUEST_BYTES_MAX: usize = 64 * 1024 * 1024;

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

/// The decompressed bytes, or 413 as soon as they pass the bound.
pub(crate) fn decompress(encoding: Encoding, body: Bytes) -> Result<Bytes, Refusal> {
    let broken = |what: &str, error: std::io::Error| Refusal::Malformed {
        code: "malformed",
        detail: format!("the body is not {what} as its header says: {error}"),
    };
    match encoding {
        Encoding::Plain if body.len() > REQUEST_BYTES_MAX => Err(too_large()),
        Encoding::Plain => Ok(body),
        Encoding::Gzip => {
            bounded(flate2::read::MultiGzDecoder::new(&body[..]), body.len(), |e| broken("gzip", e))
        }
        Encoding::Zstd => {
            let decoder =
                zstd::stream::read::Decoder::with_buffer(&body[..]).map_err(|error| broken("zstd", error))?;
            bounded(decoder, body.len(), |e| broken("zstd", e))
        }
    }
}

fn bounded(
    reader: impl Read,
    compressed_len: usize,
    broken: impl FnOnce(std::io::Error) -> Refusal,
) -> Result<Bytes, Refusal> {
    // Telemetry compresses about tenfold; a wrong guess costs a copy.
    let guess = (compressed_len * 8).min(REQUEST_BYTES_MAX);
    let mut out = Vec::with_capacity(guess);
    reader.take(REQUEST_BYTES_MAX as u64 + 1).read_to_end(&mut out).map_err(broken)?;
    if out.len() > REQUEST_BYTES_MAX {
        return Err(too_large());
    }
    Ok(out.into())
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
