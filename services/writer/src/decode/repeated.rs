//! Texts that are said once and stored with every row: what they may come to.
//!
//! A resource or a metric with a long text and thousands of tiny items would otherwise become a thousand times the bytes
//! that were sent.

use naru_otlp::wire::WireError;

/// Longer texts about a resource or a metric are cut in their columns. What a resource said stays whole in its own.
const LABEL_BYTES_MAX: usize = 512;
/// What an entry's rows may repeat for each byte of it. Small points of metrics with long names and descriptions come to 8.
const REPEATED_MAX: usize = 16;
/// And besides, so that an entry of a few rows may say what it likes.
const REPEATED_BYTES_FREE: usize = 16 * 1024;

/// Why an entry is put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Undecodable {
    #[error(transparent)]
    Wire(#[from] WireError),
    #[error(
        "names, descriptions and resource attributes that all of its rows repeat would take more than {REPEATED_MAX} \
         times its bytes; send shorter ones"
    )]
    Repeats,
}

/// What the rows of one entry may still repeat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repeats {
    bytes_left: usize,
}

impl Repeats {
    /// Of an entry with so many bytes.
    pub(super) const fn of(entry_bytes: usize) -> Self {
        Self { bytes_left: entry_bytes.saturating_mul(REPEATED_MAX).saturating_add(REPEATED_BYTES_FREE) }
    }

    /// One more row, with so many bytes that others of its entry have, too.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Undecodable> {
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(Undecodable::Repeats)?;
        Ok(())
    }
}

/// As much of it as a column holds.
pub(super) fn label(text: &str) -> &str {
    &text[..text.floor_char_boundary(LABEL_BYTES_MAX)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_cut_between_characters() {
        assert_eq!(label("shop"), "shop");
        assert_eq!(label(&"가".repeat(200)).len(), 510);
    }

    #[test]
    fn few_rows_may_repeat_much_and_many_may_not() {
        let mut repeats = Repeats::of(1_000);
        assert_eq!(repeats.take(20_000), Ok(()));
        assert_eq!(repeats.take(20_000), Err(Undecodable::Repeats));
    }
}
