//! Sealing an extent that is longer than memory should hold.

use super::ExtentKey;

/// Seals bytes as they come; together its answers are what [`ExtentKey::seal`] answers for all of them.
#[derive(Debug)]
pub struct Sealer {
    key: ExtentKey,
    frame: Vec<u8>,
    number: u64,
}

impl Sealer {
    /// The key must seal nothing else.
    #[must_use]
    pub fn new(key: ExtentKey) -> Self {
        Self { key, frame: Vec::new(), number: 0 }
    }

    /// Appends to `sealed` the frames that are full now. The newest stays back: it may be the last.
    pub fn push(&mut self, mut bytes: &[u8], sealed: &mut Vec<u8>) {
        let frame = self.key.frames.bytes() as usize;
        while !bytes.is_empty() {
            if self.frame.len() == frame {
                self.seal(false, sealed);
            }
            let room = frame - self.frame.len();
            let (part, rest) = bytes.split_at(room.min(bytes.len()));
            self.frame.extend_from_slice(part);
            bytes = rest;
        }
    }

    /// The last frame. At least one byte must have come.
    pub fn finish(mut self, sealed: &mut Vec<u8>) {
        self.seal(true, sealed);
    }

    fn seal(&mut self, is_last: bool, sealed: &mut Vec<u8>) {
        self.key.seal_frame(&mut self.frame, self.number, is_last);
        sealed.extend_from_slice(&self.frame);
        self.frame.clear();
        self.number += 1;
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use naru_ids::{SegmentId, TenantId, UnixMs};

    use super::*;

    #[test]
    fn pieces_seal_to_the_same_bytes_as_the_whole() {
        let key = ExtentKey::generate(TenantId::new(UnixMs(1)), SegmentId::new(UnixMs(1)), &mut rand::rng());
        for length in [1, 8_191, 8_192, 8_193, 65_536, 200_000] {
            let extent: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let (mut sealer, mut sealed) = (Sealer::new(key.clone()), Vec::new());
            extent.chunks(40_001).for_each(|piece| sealer.push(piece, &mut sealed));
            sealer.finish(&mut sealed);
            assert_eq!(sealed, key.seal(&[Bytes::from(extent)]).concat(), "{length}");
        }
    }
}
