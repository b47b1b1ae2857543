//! gzip and zstd: never further than the bound.

use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use naru_ingest::decompressed;

/// What the gateway promises to stop at.
pub(crate) const REQUEST_BYTES_MAX: usize = 64 * 1024 * 1024;
const ENCODINGS: [&str; 3] = ["gzip", "zstd", ""];

/// As headers name it.
pub(crate) fn encoding(first: u8) -> &'static str {
    ENCODINGS[usize::from(first) % ENCODINGS.len()]
}

/// The first byte chooses the encoding.
pub fn check(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let encoding = encoding(*first);
    if let Some(plain) = decompressed(encoding, Bytes::copy_from_slice(body)) {
        assert!(plain.len() <= REQUEST_BYTES_MAX);
        assert!(!encoding.is_empty() || plain == body);
    }
}

#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let text = b"some telemetry ".repeat(100);
    let mut gzip = GzEncoder::new(vec![0], Compression::fast());
    gzip.write_all(&text).expect("writing to a Vec does not fail");
    let gzip = gzip.finish().expect("writing to a Vec does not fail");
    let zstd = zstd::bulk::compress(&text, 1).expect("compressing memory to memory does not fail");
    vec![gzip, [&[1], &zstd[..]].concat(), [&[2], &text[..]].concat()]
}
