//! What one question may take: of whose memory it is, and how much it may read.

use std::sync::Arc;

use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};

use super::{Lake, ScanError, chosen::Chosen};

#[derive(Debug, Clone)]
pub(super) struct Budget {
    /// Whatever is held for the question counts here: the tail, ids of traces and spans, and what its plan holds.
    pub(super) memory: Arc<dyn MemoryPool>,
    pub(super) rows_max: u64,
    /// Of stored segments.
    pub(super) bytes_max: u64,
    /// How often the question reads all of them.
    pub(super) times: u64,
}

impl Lake {
    /// Of a question of our own, whose reader counts the rows that come.
    pub(super) fn budget(&self) -> Budget {
        let memory = Arc::clone(&self.state.runtime_env().memory_pool);
        Budget { memory, rows_max: u64::MAX, bytes_max: u64::MAX, times: 1 }
    }
}

impl Budget {
    /// Nothing yet.
    pub(super) fn reservation(&self) -> MemoryReservation {
        MemoryConsumer::new("snapshot").register(&self.memory)
    }

    /// Whether so much may be read. Asked before anything is.
    pub(super) fn admits(&self, segments: &[Chosen]) -> Result<(), ScanError> {
        let sum = |of: fn(&Chosen) -> u64| {
            segments.iter().map(of).fold(0, u64::saturating_add).saturating_mul(self.times)
        };
        if sum(|chosen| chosen.row.rows) > self.rows_max {
            return Err(ScanError::TooManyRows { rows_max: self.rows_max });
        }
        if sum(|chosen| chosen.row.length) > self.bytes_max {
            return Err(ScanError::TooManyBytes { bytes_max: self.bytes_max });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use datafusion::execution::memory_pool::UnboundedMemoryPool;
    use naru_ids::{ProjectId, SegmentId, TenantId, UnixMs};
    use naru_lake::{catalog::SegmentRow, seal::WrappedKey};
    use naru_signal::Table;

    use super::*;

    fn segment(rows: u64, length: u64) -> Chosen {
        let row = SegmentRow {
            id: SegmentId::new(UnixMs(1)),
            tenant: TenantId::new(UnixMs(1)),
            project: ProjectId::new(UnixMs(1)),
            table: Table::Spans,
            day: 0,
            partition: 0,
            first_seq: 1,
            last_seq: 1,
            level: 0,
            path: String::new(),
            offset: 0,
            length,
            sealed_key: WrappedKey(Vec::new()),
            rows,
            min_start_ns: 0,
            max_start_ns: 0,
        };
        Chosen { row: Arc::new(row), traces: None, span_ids: None, row_groups: None }
    }

    #[test]
    fn many_small_segments_are_as_much_as_a_large_one() {
        let memory: Arc<dyn MemoryPool> = Arc::new(UnboundedMemoryPool::default());
        let budget = Budget { memory, rows_max: 100, bytes_max: 1_000, times: 1 };
        assert!(budget.admits(&[segment(50, 500), segment(50, 500)]).is_ok());
        let refused = budget.admits(&[segment(50, 1), segment(51, 1)]);
        assert!(matches!(refused, Err(ScanError::TooManyRows { rows_max: 100 })));
        let refused = budget.admits(&[segment(1, 500), segment(1, 501)]);
        assert!(matches!(refused, Err(ScanError::TooManyBytes { bytes_max: 1_000 })));
        assert!(budget.admits(&[segment(1, u64::MAX), segment(1, 1)]).is_err());
        let twice = Budget { times: 2, ..budget };
        assert!(twice.admits(&[segment(50, 500)]).is_ok());
        assert!(twice.admits(&[segment(51, 500)]).is_err());
    }
}
