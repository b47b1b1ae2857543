//! Which segments are merged, and when. Pure.

use std::time::Duration;

use naru_lake::{catalog::SegmentRow, catalog::compact::Pile, segment};

/// Segments younger than this part of `compact_after`, a minute by default, are left alone, however many: so hardly any reader
/// meets a merge of what it has just read from a tail.
pub(super) const SETTLED_PART: u32 = 5;
/// A segment with as many rows is not merged again: it is a few row groups by itself.
pub(super) const ROWS_ENOUGH: u64 = 1 << 20;
/// Rows of one merge, so that its traces and span ids fit in memory whatever they are.
const ROWS_MAX: u64 = 2 << 20;
/// Of rollups, that are all in memory while they are added up: about a kilobyte each.
const ROLLUP_ROWS_MAX: u64 = 200_000;
/// Stored bytes of all inputs' row groups, since one of each is in memory.
const ROW_GROUP_BYTES_MAX: u64 = 64 << 20;
/// Inputs of one merge: each holds a decoded batch.
const INPUTS_MAX: usize = 48;
pub(super) const PILES_MAX: u16 = 1_000;
/// So many cuts on one pile are merged whatever the load.
const CUTS_MAX: u64 = 240;

/// How segments of one level reach the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub(super) from: i16,
    /// How many times longer than cuts they wait.
    patience: u32,
    /// Merged earlier when there are so many.
    enough: u64,
    /// One alone is moved, too: out of the bundle it shares with other tenants.
    pub(super) least: u64,
}

/// Five minutes, an hour, twelve hours with the usual `compact_after_ms`.
pub(super) const LEVELS: [Level; 3] = [
    Level { from: 0, patience: 1, enough: 32, least: 1 },
    Level { from: 1, patience: 12, enough: 24, least: 2 },
    Level { from: 2, patience: 144, enough: 24, least: 2 },
];

impl Level {
    pub(super) fn is_ripe(&self, pile: &Pile, compact_after: Duration) -> bool {
        let waited = Duration::from_secs(pile.age_s) >= compact_after * self.patience;
        pile.segments >= self.least && (waited || pile.segments >= self.enough)
    }

    /// No longer put off.
    pub(super) fn is_overdue(&self, pile: &Pile, compact_after: Duration) -> bool {
        let waited = Duration::from_secs(pile.age_s) >= compact_after * self.patience * 3;
        waited || pile.segments >= CUTS_MAX
    }
}

/// Deals a pile of `level`, by rising sequence, into merges that fit in memory. What is left alone is left out, unless
/// it is a cut.
pub(super) fn groups(members: Vec<SegmentRow>, level: i16) -> Vec<Vec<SegmentRow>> {
    let mut groups: Vec<Vec<SegmentRow>> = Vec::new();
    let (mut rows, mut bytes) = (0, 0);
    for member in members {
        let rows_max = if member.table.is_rollup() { ROLLUP_ROWS_MAX } else { ROWS_MAX };
        let row_group = segment::row_group_bytes(&member);
        (rows, bytes) = (rows + member.rows, bytes + row_group);
        match groups.last_mut() {
            Some(group) if group.len() < INPUTS_MAX && rows <= rows_max && bytes <= ROW_GROUP_BYTES_MAX => {
                group.push(member);
            }
            _ => {
                (rows, bytes) = (member.rows, row_group);
                groups.push(vec![member]);
            }
        }
    }
    groups.retain(|group| level == 0 || group.len() > 1);
    groups
}

#[cfg(test)]
mod tests {
    use naru_ids::{ProjectId, SegmentId, TenantId, UnixMs};
    use naru_lake::{catalog::compact::PileKey, seal::WrappedKey};
    use naru_signal::Table;

    use super::*;

    const AFTER: Duration = Duration::from_secs(300);

    fn pile(segments: u64, age_s: u64) -> Pile {
        let (tenant, project) = (TenantId::new(UnixMs(1)), ProjectId::new(UnixMs(1)));
        let key = PileKey { tenant, project, table: Table::Spans, day: 0, partition: 0, level: 0 };
        Pile { key, segments, age_s }
    }

    fn segment(seq: u64, rows: u64, length: u64) -> SegmentRow {
        SegmentRow {
            id: SegmentId::new(UnixMs(seq)),
            tenant: TenantId::new(UnixMs(1)),
            project: ProjectId::new(UnixMs(1)),
            table: Table::Spans,
            day: 0,
            partition: 0,
            first_seq: seq,
            last_seq: seq,
            level: 0,
            path: String::new(),
            offset: 0,
            length,
            sealed_key: WrappedKey(Vec::new()),
            rows,
            min_start_ns: 0,
            max_start_ns: 0,
        }
    }

    fn sizes(members: Vec<SegmentRow>, level: i16) -> Vec<usize> {
        groups(members, level).iter().map(Vec::len).collect()
    }

    #[test]
    fn cuts_are_merged_within_five_minutes_and_never_put_off_for_ever() {
        let cuts = &LEVELS[0];
        assert!(!cuts.is_ripe(&pile(5, 299), AFTER) && cuts.is_ripe(&pile(1, 300), AFTER));
        assert!(cuts.is_ripe(&pile(32, 60), AFTER));
        assert!(!cuts.is_overdue(&pile(50, 899), AFTER) && cuts.is_overdue(&pile(5, 900), AFTER));
        assert!(cuts.is_overdue(&pile(240, 61), AFTER));
        // One hour alone stays as it is, however old.
        assert!(!LEVELS[1].is_ripe(&pile(1, 90_000), AFTER) && LEVELS[1].is_ripe(&pile(2, 3_600), AFTER));
    }

    #[test]
    fn a_pile_is_dealt_into_merges_that_fit() {
        let small = |count| (0..count).map(|seq| segment(seq, 1_000, 50_000)).collect::<Vec<_>>();
        assert_eq!(sizes(small(10), 0), [10]);
        assert_eq!(sizes(small(100), 0), [48, 48, 4]);
        assert_eq!(sizes(small(1), 0), [1], "a cut leaves its bundle also when it is alone");
        assert_eq!(sizes(small(1), 1), Vec::<usize>::new());
        let large = |count| (0..count).map(|seq| segment(seq, 1_000_000, 40_000_000)).collect::<Vec<_>>();
        assert_eq!(sizes(large(9), 1), [2, 2, 2, 2]);
        // Rows of a kilobyte: a row group of each of two is all that fits.
        let wide = (0..4).map(|seq| segment(seq, 60_000, 30 << 20)).collect();
        assert_eq!(sizes(wide, 0), [2, 2]);
    }
}
