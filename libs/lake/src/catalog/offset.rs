//! The one decision that makes storing exact: may a cut move its partition, has it moved it already, or must it not?
//!
//! Pure, so that the simulation of the writer asks the very same question.

use super::commit::{Cut, Outcome};

/// How far a partition is stored, and under which ownership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    pub epoch: i64,
    pub committed_seq: u64,
}

impl Offset {
    /// How `cut` has ended already. `None`: the partition is where the cut begins, and still belongs to whom it did.
    #[must_use]
    pub fn end_of(self, cut: &Cut) -> Option<Outcome> {
        if self.epoch != cut.epoch {
            return Some(Outcome::Fenced);
        }
        match self.committed_seq {
            seq if seq == cut.prev_seq => None,
            // An earlier attempt was applied, and its answer was lost.
            seq if seq == cut.last_seq => Some(Outcome::Committed),
            _ => Some(Outcome::Fenced),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_moves_its_partition_once_and_only_from_where_it_begins() {
        let cut = Cut { epoch: 3, prev_seq: 10, last_seq: 20, ..Cut::default() };
        for (epoch, committed_seq, end) in [
            (3, 10, None),
            (3, 20, Some(Outcome::Committed)),
            (3, 9, Some(Outcome::Fenced)),
            (3, 15, Some(Outcome::Fenced)),
            (3, 21, Some(Outcome::Fenced)),
            (2, 10, Some(Outcome::Fenced)),
            (4, 10, Some(Outcome::Fenced)),
            // Applied, but somebody else goes on from there: for us it ends all the same.
            (4, 20, Some(Outcome::Fenced)),
        ] {
            assert_eq!(
                Offset { epoch, committed_seq }.end_of(&cut),
                end,
                "epoch {epoch}, at {committed_seq}"
            );
        }
    }
}
