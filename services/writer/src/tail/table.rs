//! Rows of one tenant, project and signal, in the order they came.

use arrow::{
    array::{AsArray, RecordBatch},
    compute::{concat_batches, max, min},
    datatypes::Int64Type,
};
use naru_ids::{ProjectId, TenantId};
use naru_lake::schema;
use naru_signal::Signal;

/// Whose rows these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TableKey {
    pub(crate) tenant: TenantId,
    pub(crate) project: ProjectId,
    pub(crate) signal: Signal,
}

/// A batch and the sequences its rows came with.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) last_seq: u64,
    pub(super) rows: RecordBatch,
    pub(super) bytes: usize,
    /// Of the time column, both inclusive.
    pub(super) min_ns: i64,
    pub(super) max_ns: i64,
}

/// Chunks by rising sequence.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) chunks: Vec<Chunk>,
}

/// A run of small chunks this long is worth one copy; readers then touch a sixteenth of the arrays.
const COALESCE_RUN: usize = 16;
/// Chunks of this many rows are left alone.
const COALESCE_ROWS_MAX: usize = 2_048;

impl Chunk {
    /// `None` for no rows.
    pub(super) fn new(signal: Signal, last_seq: u64, rows: RecordBatch) -> Option<Self> {
        let times = rows.column_by_name(schema::time_column(signal))?.as_primitive_opt::<Int64Type>()?;
        let (min_ns, max_ns) = (min(times)?, max(times)?);
        let bytes = rows.get_array_memory_size();
        Some(Self { last_seq, rows, bytes, min_ns, max_ns })
    }
}

impl Table {
    pub(super) fn bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.bytes).sum()
    }

    /// Merges the newest run of small chunks after `frozen_seq` into one. Answers bytes before and after.
    ///
    /// A merged chunk never straddles a cut, since all of it lies behind the last one.
    pub(super) fn coalesce(&mut self, signal: Signal, frozen_seq: u64) -> Option<(usize, usize)> {
        let is_small =
            |chunk: &Chunk| chunk.last_seq > frozen_seq && chunk.rows.num_rows() < COALESCE_ROWS_MAX;
        let run = self.chunks.iter().rev().take_while(|chunk| is_small(chunk)).count();
        if run < COALESCE_RUN {
            return None;
        }
        let start = self.chunks.len() - run;
        let tail = &self.chunks[start..];
        let last_seq = tail.last()?.last_seq;
        let batches = tail.iter().map(|chunk| &chunk.rows);
        // A merge that fails (dictionary keys overflow) costs only speed: the chunks stay as they are.
        let merged = concat_batches(&tail[0].rows.schema(), batches).ok()?;
        let before: usize = tail.iter().map(|chunk| chunk.bytes).sum();
        let chunk = Chunk::new(signal, last_seq, merged)?;
        let after = chunk.bytes;
        self.chunks.truncate(start);
        self.chunks.push(chunk);
        Some((before, after))
    }

    /// Drops rows up to `seq`. Answers bytes given back.
    pub(super) fn drop_through(&mut self, seq: u64) -> usize {
        let before = self.bytes();
        self.chunks.retain(|chunk| chunk.last_seq > seq);
        before - self.bytes()
    }
}
