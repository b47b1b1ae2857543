//! Traces of stored rows. A segment holds each trace's id once and its number on every row, so ids become numbers before
//! a scan, and numbers become ids after it, for the few rows that are shown.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{Array, BinaryArray},
    datatypes::DataType,
};
use futures::{StreamExt, TryStreamExt, stream};
use naru_lake::{catalog::SegmentRow, seal::TenantKey, segment::traces::TraceTable};

use super::{Lake, ScanError, Snapshot};
use crate::parse::TraceId;

/// Segments opened at a time for one question.
const OPEN_AT_ONCE: usize = 16;

/// Whose trace a row is, as a scan answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum TraceRef {
    Id(TraceId),
    /// The `number`-th trace of the `segment`-th segment of the snapshot.
    Stored {
        segment: u32,
        number: u32,
    },
}

impl TraceRef {
    /// The type of a scan's `trace_id` column: 16 bytes are an id, 8 are segment and number, big endian.
    pub(super) const DATA_TYPE: DataType = DataType::Binary;

    pub(super) fn stored(segment: u32, number: u32) -> [u8; 8] {
        (u64::from(segment) << 32 | u64::from(number)).to_be_bytes()
    }

    /// `None` for a row of no trace.
    #[must_use]
    pub(crate) fn of(column: &BinaryArray, row: usize) -> Option<Self> {
        let value = column.is_valid(row).then(|| column.value(row))?;
        if let Some(id) = TraceId::from_slice(value) {
            return Some(Self::Id(id));
        }
        let number = u64::from_be_bytes(value.try_into().ok()?);
        Some(Self::Stored { segment: (number >> 32) as u32, number: number as u32 })
    }
}

/// Segments that hold rows of the wanted traces, with what tells their numbers.
#[derive(Default)]
pub(super) struct Holding {
    pub(super) segments: Vec<Arc<SegmentRow>>,
    /// Beside `segments`.
    pub(super) tables: Vec<Arc<TraceTable>>,
}

impl Lake {
    /// Leaves out the segments that hold none of `traces`. Most are left out by their filter alone.
    pub(super) async fn holding(
        &self,
        segments: Vec<Arc<SegmentRow>>,
        key: &TenantKey,
        traces: &[TraceId],
    ) -> Result<Holding, ScanError> {
        let opened: Vec<_> = stream::iter(segments)
            .map(async |segment| {
                let head = self.readers.head(&segment, key).await?;
                if !traces.iter().any(|trace| head.may_hold(trace.bytes())) {
                    return Ok(None);
                }
                let Some(table) = self.readers.trace_table(&segment, key).await? else { return Ok(None) };
                let holds = traces.iter().any(|trace| table.number(trace.bytes()).is_some());
                Ok::<_, ScanError>(holds.then_some((segment, table)))
            })
            .buffered(OPEN_AT_ONCE)
            .try_collect()
            .await?;
        let (segments, tables) = opened.into_iter().flatten().unzip();
        Ok(Holding { segments, tables })
    }

    /// The ids behind what a scan of this snapshot answered.
    pub(crate) async fn trace_ids(
        &self,
        snapshot: &Snapshot,
        refs: impl IntoIterator<Item = TraceRef>,
    ) -> Result<HashMap<TraceRef, TraceId>, ScanError> {
        let (mut ids, mut tables) = (HashMap::new(), HashMap::new());
        for trace in refs {
            let id = match trace {
                TraceRef::Id(id) => Some(id),
                TraceRef::Stored { segment, number } => {
                    let row = snapshot.segments.get(segment as usize).ok_or(ScanError::TRACE)?;
                    let key = snapshot.key.as_ref().ok_or(ScanError::TRACE)?;
                    let table = match tables.entry(segment) {
                        std::collections::hash_map::Entry::Occupied(held) => held.into_mut(),
                        std::collections::hash_map::Entry::Vacant(free) => {
                            let table = self.readers.trace_table(row, key).await?;
                            free.insert(table.ok_or(ScanError::TRACE)?)
                        }
                    };
                    table.id(number).and_then(TraceId::from_slice)
                }
            };
            ids.insert(trace, id.ok_or(ScanError::TRACE)?);
        }
        Ok(ids)
    }
}
