//! Rollups that become fewer by being added up: of fresh cuts, into buckets of 10 s, a minute and an hour.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use naru_ids::SegmentId;
use naru_lake::{
    Error,
    catalog::{SegmentRow, compact},
    path::{self, MergedName},
    rollup::{Grain, RowKey, Summary, rows},
    seal::{ExtentKey, TenantKey},
    segment,
};
use naru_signal::Table;

use crate::flush::Cutter;

type Sums = BTreeMap<RowKey, Summary>;

/// Writes what `inputs`, rollups of one pile, add up to: one segment per table they belong into. Nothing points to them
/// yet.
pub(super) async fn add_up(
    cutter: &Cutter,
    inputs: &[SegmentRow],
    key: &TenantKey,
) -> Result<Vec<SegmentRow>, Error> {
    let Some(first) = inputs.first() else { return Ok(Vec::new()) };
    let mut sums = Sums::new();
    for row in inputs {
        for batch in segment::read_all(cutter.store.reader(), row, key).await? {
            add(&batch, &mut sums).map_err(|error| unreadable(row, &error))?;
        }
    }
    let tables: &[Table] = match first.table {
        Table::RollupDeltas => &[Table::Rollups10s, Table::Rollups1m, Table::Rollups1h],
        _ => std::slice::from_ref(&first.table),
    };
    let mut outputs = Vec::new();
    // Each from the one before: buckets divide the coarser ones.
    for table in tables {
        sums = in_buckets(sums, Grain::of(*table));
        outputs.extend(write(cutter, inputs, *table, &sums, key).await?);
    }
    Ok(outputs)
}

fn add(batch: &RecordBatch, sums: &mut Sums) -> Result<(), String> {
    let rows = rows::Rows::of(batch).ok_or("columns are missing")?;
    for row in rows.iter() {
        // Dropped, a newer program's rows would be lost for good.
        let kind = row.kind().ok_or("there are rows of a kind that only a newer program knows")?;
        let key = RowKey { kind, at_ns: row.at_ns(), service: row.service().into(), name: row.name().into() };
        row.merge_into(sums.entry(key).or_default()).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn in_buckets(sums: Sums, grain: Grain) -> Sums {
    let mut coarser = Sums::new();
    for (key, summary) in sums {
        let key = RowKey { at_ns: grain.floor(key.at_ns), ..key };
        match coarser.entry(key) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(summary);
            }
            std::collections::btree_map::Entry::Occupied(mut held) => held.get_mut().merge(&summary),
        }
    }
    coarser
}

async fn write(
    cutter: &Cutter,
    inputs: &[SegmentRow],
    table: Table,
    sums: &Sums,
    key: &TenantKey,
) -> Result<Option<SegmentRow>, Error> {
    let (Some(first), Some((first_seq, last_seq))) = (inputs.first(), compact::range(inputs)) else {
        return Ok(None);
    };
    let mut builder = rows::Builder::default();
    for (key, summary) in sums {
        builder.push(key.kind, key.at_ns, &key.service, &key.name, summary);
    }
    let batch = builder.finish().map_err(Error::Sort)?;
    let (id, tenant) = (SegmentId::new(cutter.clock.now()), first.tenant);
    let Some(extent) = segment::write(id, table, &[batch])? else { return Ok(None) };
    let (day, level) = (first.day, first.level + 1);
    let path = path::merged(&MergedName { tenant, table, day, level, first_seq, last_seq, segment: id });
    let extent_key = ExtentKey::generate(tenant, id, &mut rand::rng());
    let sealed_key = key.wrap(tenant, id, &extent_key, &mut rand::rng());
    let chunks = extent_key.seal(&extent.chunks);
    let length = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    cutter.store.create(&path, chunks).await?;
    Ok(Some(SegmentRow {
        id,
        table,
        first_seq,
        last_seq,
        level,
        path: path.to_string(),
        offset: 0,
        length,
        sealed_key,
        rows: extent.rows,
        min_start_ns: extent.min_start_ns,
        max_start_ns: extent.max_start_ns,
        ..first.clone()
    }))
}

fn unreadable(row: &SegmentRow, problem: &str) -> Error {
    let source = parquet::errors::ParquetError::General(problem.to_owned());
    Error::Decode { path: row.path.clone(), offset: row.offset, end: row.offset + row.length, source }
}

#[cfg(test)]
mod tests {
    use naru_lake::rollup::Kind;

    use super::*;

    #[test]
    fn what_is_added_up_is_neither_more_nor_less() {
        let key = |at_s: i64| RowKey {
            kind: Kind::Service,
            at_ns: at_s * 1_000_000_000,
            service: "shop".into(),
            name: "".into(),
        };
        let mut fine = Sums::new();
        for (at_s, durations) in [(0, 1..4_u64), (50, 4..9), (60, 9..10), (3_600, 10..12)] {
            let summary = fine.entry(key(at_s)).or_default();
            durations.for_each(|ns| summary.count(ns, !ns.is_multiple_of(2)));
        }
        let by_hour = in_buckets(in_buckets(fine, Grain::Minute), Grain::Hour);
        let totals: Vec<(i64, u64, u128)> = by_hour
            .iter()
            .map(|(key, sum)| (key.at_ns, sum.total(), sum.ok.sum_ns() + sum.failed.sum_ns()))
            .collect();
        assert_eq!(totals, [(0, 9, 45), (3_600_000_000_000, 2, 21)]);
    }
}
