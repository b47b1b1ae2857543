//! Traces of stored rows. A segment holds each trace's id once and its number on every row, so ids become numbers before
//! a scan, and numbers become ids after it, for the few rows that are shown.

use std::collections::HashMap;

use arrow::{
    array::{Array, BinaryArray},
    datatypes::DataType,
};

use super::{Lake, ScanError, Snapshot};
use crate::parse::TraceId;

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

impl Lake {
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
                    let chosen = snapshot.segments.get(segment as usize).ok_or(ScanError::TRACE)?;
                    let key = snapshot.key.as_ref().ok_or(ScanError::TRACE)?;
                    let table = match tables.entry(segment) {
                        std::collections::hash_map::Entry::Occupied(held) => held.into_mut(),
                        std::collections::hash_map::Entry::Vacant(free) => {
                            let table = self.readers.trace_table(&chosen.row, key).await?;
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
