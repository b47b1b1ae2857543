//! Bytes of a binary fuse filter: descriptor │ fingerprints, as the filter's crate lays them out.

use bytes::Buf;
use xorf::{BinaryFuse8, DmaSerializable};

/// Whether a filter can be asked: its crate looks where the descriptor says, without asking whether that is there.
/// Damaged fingerprints answer anything.
pub(super) fn is_laid_out(bytes: &[u8]) -> bool {
    let Some((mut descriptor, fingerprints)) = bytes.split_at_checked(BinaryFuse8::DESCRIPTOR_LEN) else {
        return false;
    };
    let _seed = descriptor.get_u64_le();
    let (length, mask) = (descriptor.get_u32_le(), descriptor.get_u32_le());
    let first_segments = u64::from(descriptor.get_u32_le());
    // A key has a place in each of three neighbouring segments.
    let needed = first_segments + 2 * u64::from(length);
    length.is_power_of_two()
        && mask == length - 1
        && first_segments > 0
        && first_segments.is_multiple_of(u64::from(length))
        && fingerprints.len() as u64 == needed
}
