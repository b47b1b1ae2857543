//! An extent as sealed frames of equal size, so that any part is read and checked without the rest.
//!
//! Frame `n` holds bytes `n` · [`Frames::bytes`] … of the extent, then a tag of 16 bytes. It is sealed under the extent's own
//! key with nonce `n`, together with tenant, segment, `n`, and whether it is the last: no frame passes for another, and an
//! extent that was cut short lacks its last. An extent has at least one byte.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use ring::aead::{Aad, MAX_TAG_LEN, NONCE_LEN, Nonce};

use super::{ExtentKey, Sealer, Unsealable};

const TAG_BYTES: u64 = 16;

/// How long the frames of an extent are. What its key was wrapped with says so: see `keys.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frames {
    bytes: u64,
}

impl Frames {
    /// Of extents written today. A page of a Parquet column, which is what readers ask for, is some kilobytes long.
    pub(crate) const SHORT: Self = Self { bytes: 8 * 1024 };
    /// Of the first extents there were.
    pub(crate) const LONG: Self = Self { bytes: 64 * 1024 };

    /// Of the extent, in one frame.
    pub(crate) const fn bytes(self) -> u64 {
        self.bytes
    }

    /// Of one frame as it lies there.
    pub(crate) const fn sealed_bytes(self) -> u64 {
        self.bytes + TAG_BYTES
    }

    /// Bytes of an extent that takes `sealed` bytes; `None` for a length that no sealed extent has.
    pub(super) fn opened_length(self, sealed: u64) -> Option<u64> {
        let frames = sealed.div_ceil(self.sealed_bytes());
        sealed
            .checked_sub(frames * TAG_BYTES)
            .filter(|length| length.div_ceil(self.bytes) == frames && frames > 0)
    }

    /// Sealed bytes with the frames that hold bytes `start..end` of an extent of `length` bytes.
    pub(crate) fn covering(self, start: u64, end: u64, length: u64) -> Range<u64> {
        let sealed_length = length + length.div_ceil(self.bytes) * TAG_BYTES;
        let end = end.div_ceil(self.bytes) * self.sealed_bytes();
        start / self.bytes * self.sealed_bytes()..end.min(sealed_length)
    }

    /// What to open for these ranges: their frames, each once, by rising start, far ones apart.
    pub(crate) fn spans(self, ranges: &[Range<u64>]) -> Vec<Range<u64>> {
        let frames = |range: &Range<u64>| {
            range.start / self.bytes * self.bytes..range.end.div_ceil(self.bytes) * self.bytes
        };
        let mut wanted: Vec<Range<u64>> =
            ranges.iter().filter(|range| !range.is_empty()).map(frames).collect();
        wanted.sort_unstable_by_key(|range| (range.start, range.end));
        let mut spans: Vec<Range<u64>> = Vec::new();
        for range in wanted {
            match spans.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => spans.push(range),
            }
        }
        spans
    }
}

impl ExtentKey {
    /// Bytes of an extent that takes `sealed` bytes; `None` for a length that no extent of this key has.
    #[must_use]
    pub fn opened_length(&self, sealed: u64) -> Option<u64> {
        self.frames.opened_length(sealed)
    }

    /// Seals an extent given in pieces.
    #[must_use]
    pub fn seal(&self, chunks: &[Bytes]) -> Vec<Bytes> {
        let mut sealer = Sealer::new(self.clone());
        let mut sealed: Vec<Bytes> = Vec::with_capacity(chunks.len() + 1);
        for chunk in chunks {
            let mut frames = Vec::with_capacity(chunk.len() + chunk.len() / 256);
            sealer.push(chunk, &mut frames);
            sealed.push(frames.into());
        }
        let mut last = Vec::new();
        sealer.finish(&mut last);
        sealed.push(last.into());
        sealed
    }

    pub(super) fn seal_frame(&self, frame: &mut Vec<u8>, number: u64, is_last: bool) {
        self.key
            .seal_in_place_append_tag(nonce(number), Aad::from(self.context(number, is_last)), frame)
            .expect("a frame is not too long to seal");
    }

    /// Opens the frames that begin with frame `first` of an extent of `length` bytes. `sealed` holds whole frames.
    pub(crate) fn open(&self, mut sealed: BytesMut, first: u64, length: u64) -> Result<Bytes, Unsealable> {
        let frame = self.frames.sealed_bytes() as usize;
        let last = length.div_ceil(self.frames.bytes).checked_sub(1).ok_or(Unsealable)?;
        let (mut number, mut read, mut written) = (first, 0, 0);
        while read < sealed.len() {
            let end = sealed.len().min(read + frame);
            let context = Aad::from(self.context(number, number == last));
            let opened = self
                .key
                .open_in_place(nonce(number), context, &mut sealed[read..end])
                .map_err(|_| Unsealable)?;
            let opened = opened.len();
            // Tags lay between the frames; what is left moves together.
            sealed.copy_within(read..read + opened, written);
            (written, read, number) = (written + opened, end, number + 1);
        }
        sealed.truncate(written);
        Ok(sealed.freeze())
    }

    fn context(&self, number: u64, is_last: bool) -> [u8; 41] {
        let mut context = [0; 41];
        context[..32].copy_from_slice(&self.owner);
        context[32..40].copy_from_slice(&number.to_be_bytes());
        context[40] = u8::from(is_last);
        context
    }
}

/// The key seals one extent once, so a frame's number is a nonce that comes once.
fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[NONCE_LEN - 8..].copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

const _: () = assert!(MAX_TAG_LEN == TAG_BYTES as usize);

#[cfg(test)]
mod tests {
    use naru_ids::{SegmentId, TenantId, UnixMs};
    use proptest::prelude::*;

    use super::*;

    fn key(segment: u64, frames: Frames) -> ExtentKey {
        let (tenant, segment) = (TenantId::new(UnixMs(1)), SegmentId::new(UnixMs(segment)));
        ExtentKey::generate(tenant, segment, &mut rand::rng()).with(frames)
    }

    fn extent(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * 7 + at / 251) as u8).collect()
    }

    fn sealed(key: &ExtentKey, extent: &[u8], split: usize) -> Vec<u8> {
        let (left, right) = extent.split_at(split.min(extent.len()));
        key.seal(&[Bytes::copy_from_slice(left), Bytes::copy_from_slice(right)]).concat()
    }

    fn frames() -> impl Strategy<Value = Frames> {
        prop_oneof![Just(Frames::SHORT), Just(Frames::LONG)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_part_reads_back(
            frames in frames(),
            length in prop_oneof![1_usize..300, 8_100_usize..8_300, 65_000_usize..66_000, 131_000_usize..131_200, 1_usize..200_000],
            split: prop::sample::Index,
            from: prop::sample::Index,
            to: prop::sample::Index,
        ) {
            let (key, extent) = (key(1, frames), extent(length));
            let sealed = sealed(&key, &extent, split.index(length));
            prop_assert_eq!(key.opened_length(sealed.len() as u64), Some(length as u64));
            let (a, b) = (from.index(length), to.index(length) + 1);
            let (start, end) = (a.min(b - 1), a.max(b));
            let range = frames.covering(start as u64, end as u64, length as u64);
            let first = start as u64 / frames.bytes();
            let part = BytesMut::from(&sealed[range.start as usize..range.end as usize]);
            let opened = key.open(part, first, length as u64).unwrap();
            let at = start - (first * frames.bytes()) as usize;
            prop_assert_eq!(&opened[at..at + end - start], &extent[start..end]);
        }
    }

    #[test]
    fn changed_moved_cut_and_foreign_bytes_do_not_open() {
        for frames in [Frames::SHORT, Frames::LONG] {
            let (key, other) = (key(1, frames), key(2, frames));
            let extent = extent(200_000);
            let whole = sealed(&key, &extent, 0);
            let open = |key: &ExtentKey, bytes: &[u8], first, length| {
                key.open(BytesMut::from(bytes), first, length).map(|opened| opened.len())
            };
            let (frame, length) = (frames.sealed_bytes() as usize, extent.len() as u64);
            assert_eq!(open(&key, &whole, 0, length), Ok(200_000));
            let mut flipped = whole.clone();
            flipped[frame + 5] ^= 1;
            assert_eq!(open(&key, &flipped, 0, length), Err(Unsealable));
            let swapped = [&whole[frame..2 * frame], &whole[..frame], &whole[2 * frame..]].concat();
            assert_eq!(open(&key, &swapped, 0, length), Err(Unsealable));
            // Cut at a frame, with a length to match.
            assert_eq!(open(&key, &whole[..2 * frame], 0, 2 * frames.bytes()), Err(Unsealable));
            assert_eq!(open(&other, &whole, 0, length), Err(Unsealable));
            assert_eq!(open(&key, &whole[..10], 0, length), Err(Unsealable));
        }
    }

    #[test]
    fn ranges_share_their_frames() {
        let (frames, frame) = (Frames::SHORT, Frames::SHORT.bytes());
        let asked = [frame + 5..frame + 9, 10..20, 5 * frame..5 * frame + 1, 15..frame - 1, 7..7];
        assert_eq!(frames.spans(&asked), [0..2 * frame, 5 * frame..6 * frame]);
        assert_eq!(frames.spans(&[]), []);
    }

    #[test]
    fn lengths_that_nothing_sealed_has_are_known() {
        for frames in [Frames::SHORT, Frames::LONG] {
            let (bytes, frame) = (frames.bytes(), frames.sealed_bytes());
            for (sealed, length) in [
                (0, None),
                (16, None),
                (17, Some(1)),
                (frame, Some(bytes)),
                (frame + 1, None),
                (frame + 16, None),
                (frame + 17, Some(bytes + 1)),
            ] {
                assert_eq!(frames.opened_length(sealed), length, "{sealed}");
            }
        }
    }
}
