//! Rollups that become fewer by being added up: of fresh cuts, into buckets of 10 s, a minute and an hour.

use std::io::Write;

use naru_ids::SegmentId;
use naru_lake::{
    Error,
    catalog::{SegmentRow, compact},
    rollup::{Grain, Sums},
    seal::TenantKey,
    segment::{self, Merged},
    store::Store,
};
use naru_signal::Table;

use super::merge::{begin, finished};
use crate::flush::Cutter;

/// Writes what `inputs`, rollups of one pile, add up to: one segment per table they belong into. Nothing points to them
/// yet. Blocks.
pub(super) async fn add_up(
    cutter: &Cutter,
    inputs: &[SegmentRow],
    key: &TenantKey,
) -> Result<Vec<SegmentRow>, Error> {
    let (Some(first), Some((first_seq, last_seq))) = (inputs.first(), compact::range(inputs)) else {
        return Ok(Vec::new());
    };
    let mut sums = Sums::default();
    for row in inputs {
        for batch in segment::read_all(cutter.store.reader(), row, key).await? {
            sums.add(&batch).map_err(|problem| Error::rollup(row, &problem))?;
        }
    }
    let tables: &[Table] = match first.table {
        Table::RollupDeltas => &[Table::Rollups10s, Table::Rollups1m, Table::Rollups1h],
        _ => std::slice::from_ref(&first.table),
    };
    let mut outputs = Vec::new();
    // Each from the one before: buckets divide the coarser ones.
    for &table in tables {
        sums = sums.in_buckets(Grain::of(table));
        let id = SegmentId::new(cutter.clock.now());
        let blank = SegmentRow { id, table, first_seq, last_seq, level: first.level + 1, ..first.clone() };
        outputs.extend(write(&cutter.store, blank, &sums, key).await?);
    }
    Ok(outputs)
}

/// A segment of sums in the place of `blank`, whose object nothing points to yet.
pub(crate) async fn write(
    store: &Store,
    blank: SegmentRow,
    sums: &Sums,
    key: &TenantKey,
) -> Result<Option<SegmentRow>, Error> {
    let batch = sums.rows().map_err(Error::Sort)?;
    let Some(extent) = segment::write(blank.id, blank.table, &[batch])? else { return Ok(None) };
    let (mut object, row) = begin(store, key, blank)?;
    for chunk in &extent.chunks {
        let written = object.write_all(chunk);
        written.map_err(|source| Error::Sync { path: row.path.clone(), source })?;
    }
    let (rows, min_start_ns, max_start_ns) = (extent.rows, extent.min_start_ns, extent.max_start_ns);
    finished(object, row, Merged { rows, min_start_ns, max_start_ns }).await.map(Some)
}
