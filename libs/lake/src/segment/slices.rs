//! Slices of time: what a segment's row groups hold, one after the other.
//!
//! A trace takes some seconds at most, so that its rows lie in one row group or two, whatever number of services they are
//! of, and a question about some minutes leaves out whole row groups. Within a slice, rows of one service lie together.

use naru_signal::Table;

/// Rows of a slice, at most, unless as many have the same time. Enough for a service to fill pages of its own, few enough
/// for a trace's row group to be read in a millisecond. Tests have smaller ones, and so several.
pub(super) const SLICE_ROWS: usize = if cfg!(test) { 4_096 } else { 65_536 };

/// Slices that a segment's rows are dealt out to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slices {
    /// Where each but the first begins: unix ns, rising.
    begins_ns: Vec<i64>,
}

impl Slices {
    /// Whether rows of a table lie in slices. Metrics are read by name and rollups by kind, over whole days.
    pub(super) const fn are_of(table: Table) -> bool {
        matches!(table, Table::Spans | Table::LogRecords)
    }

    /// One for all rows.
    pub(super) const fn whole() -> Self {
        Self { begins_ns: Vec::new() }
    }

    /// As even as times allow. `times_ns` of all rows, in any order; they are in another one afterwards.
    pub(super) fn even(times_ns: &mut [i64]) -> Self {
        let count = times_ns.len().div_ceil(SLICE_ROWS);
        let (mut begins_ns, mut before) = (Vec::with_capacity(count), 0);
        for number in 1..count {
            let at = times_ns.len() * number / count;
            let (_, begin_ns, _) = times_ns[before..].select_nth_unstable(at - before);
            begins_ns.push(*begin_ns);
            before = at;
        }
        begins_ns.dedup();
        Self { begins_ns }
    }

    pub(super) const fn len(&self) -> usize {
        self.begins_ns.len() + 1
    }

    /// The slice that a moment is in.
    pub(super) fn of(&self, time_ns: i64) -> usize {
        self.begins_ns.partition_point(|begin_ns| *begin_ns <= time_ns)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn slices_follow_each_other_and_none_is_too_long(
            seed in proptest::collection::vec(0_i64..1_000_000_000, 1..40),
            copies in 1_usize..900,
        ) {
            let mut times: Vec<i64> =
                (0..copies as i64).flat_map(|copy| seed.iter().map(move |time| time + copy * 7)).collect();
            let slices = Slices::even(&mut times);
            let mut rows = vec![0_usize; slices.len()];
            times.sort_unstable();
            let numbers: Vec<usize> = times.iter().map(|time| slices.of(*time)).collect();
            prop_assert!(numbers.is_sorted());
            numbers.iter().for_each(|number| rows[*number] += 1);
            // Rows of equal times stay together, and here at most as many are equal as there are seeds.
            prop_assert!(rows.iter().all(|rows| *rows <= SLICE_ROWS + 2 * seed.len()), "{rows:?}");
        }
    }

    #[test]
    fn rows_of_one_moment_are_one_slice() {
        let slices = Slices::even(&mut vec![5; 3 * SLICE_ROWS]);
        // One of them is before all and empty.
        assert_eq!((slices.len(), slices.of(4), slices.of(5), slices.of(6)), (2, 0, 1, 1));
        assert_eq!(Slices::even(&mut []), Slices::whole());
    }
}
