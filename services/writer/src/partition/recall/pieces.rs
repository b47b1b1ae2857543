//! Which parts of the last segments a new owner reads.

use naru_lake::catalog::SegmentRow;

/// A row group of a large segment, or a small one as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) row: SegmentRow,
    /// `None`: all of it.
    pub(super) group: Option<usize>,
    pub(super) rows: u64,
}

/// What is read, and how much is not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) pieces: Vec<Piece>,
    pub(super) left_rows: u64,
}

/// The first of `pieces`, which come newest first, with `rows_max` rows or fewer; one at least, however large.
pub(super) fn newest(mut pieces: Vec<Piece>, rows_max: u64) -> Chosen {
    let mut rows = 0_u64;
    let fitting = pieces.iter().take_while(|piece| {
        rows = rows.saturating_add(piece.rows);
        rows <= rows_max
    });
    let count = fitting.count().max(1).min(pieces.len());
    let left_rows = pieces.split_off(count).iter().map(|piece| piece.rows).sum();
    Chosen { pieces, left_rows }
}

#[cfg(test)]
mod tests {
    use naru_ids::{ProjectId, SegmentId, TenantId, UnixMs};
    use naru_lake::seal::WrappedKey;
    use naru_signal::Table;

    use super::*;

    fn piece(seq: u64, group: Option<usize>, rows: u64) -> Piece {
        let row = SegmentRow {
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
            length: 1,
            sealed_key: WrappedKey(Vec::new()),
            rows,
            min_start_ns: 0,
            max_start_ns: 0,
        };
        Piece { row, group, rows }
    }

    fn chosen(rows: &[u64], rows_max: u64) -> (usize, u64) {
        let pieces: Vec<Piece> = (1..).zip(rows).map(|(seq, rows)| piece(seq, Some(0), *rows)).collect();
        let chosen = newest(pieces.clone(), rows_max);
        assert_eq!(chosen.pieces, pieces[..chosen.pieces.len()]);
        (chosen.pieces.len(), chosen.left_rows)
    }

    #[test]
    fn the_newest_are_read_and_never_none_of_them() {
        assert_eq!(chosen(&[10, 10, 10], 30), (3, 0));
        assert_eq!(chosen(&[10, 10, 10], 29), (2, 10));
        assert_eq!(chosen(&[50, 10], 29), (1, 10), "larger than all that is read");
        assert_eq!(chosen(&[], 29), (0, 0));
    }
}
