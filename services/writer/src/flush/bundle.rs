//! The bytes of a cut: one extent per table and UTC day, one after the other.

use std::collections::{BTreeMap, HashMap};

use arrow::{
    array::{AsArray, BooleanArray, RecordBatch},
    compute::filter_record_batch,
    datatypes::Int64Type,
};
use bytes::Bytes;
use naru_ids::{ProjectId, SegmentId, TenantId, UnixMs};
use naru_lake::{
    catalog::{SegmentRow, commit::QuarantineRow},
    path::{CutName, day_of_ns},
    schema,
    seal::{ExtentKey, TenantKey, WrappedKey},
    segment,
};
use naru_signal::Table;

use super::ledger::Quarantined;
use crate::tail::Frozen;

/// An object to be, and the rows that will point into it.
#[derive(Debug)]
pub(super) struct Bundle<Row> {
    pub(super) chunks: Vec<Bytes>,
    pub(super) rows: Vec<Row>,
}

/// Of every tenant that has something in a cut.
pub(super) type TenantKeys = HashMap<TenantId, TenantKey>;

/// Sorts, encodes and seals every table. CPU work: call where blocking is allowed.
pub(super) fn encode(
    frozen: &Frozen,
    keys: &TenantKeys,
    name: &CutName,
    path: &str,
) -> Result<Bundle<SegmentRow>, naru_lake::Error> {
    let (mut chunks, mut rows, mut offset) = (Vec::new(), Vec::new(), 0);
    let mut tables: Vec<(TenantId, ProjectId, Table, Vec<RecordBatch>)> = Vec::new();
    for (key, batches) in &frozen.tables {
        tables.push((key.tenant, key.project, key.signal.into(), batches.clone()));
    }
    for (tenant, project, rollups) in &frozen.rollups {
        let batch = rollups.rows().map_err(naru_lake::Error::Sort)?;
        tables.push((*tenant, *project, Table::RollupDeltas, vec![batch]));
    }
    for (tenant, project, table, batches) in tables {
        for (day, batches) in by_day(table, &batches)? {
            let id = SegmentId::new(UnixMs(name.at_ms));
            let Some(extent) = segment::write(id, table, &batches)? else { continue };
            let sealed = Sealed::of(&extent.chunks, keys, tenant, id);
            rows.push(SegmentRow {
                id,
                tenant,
                project,
                table,
                day,
                partition: name.partition,
                first_seq: name.first_seq,
                last_seq: name.last_seq,
                level: 0,
                path: path.to_owned(),
                offset,
                length: sealed.length,
                sealed_key: sealed.key,
                rows: extent.rows,
                min_start_ns: extent.min_start_ns,
                max_start_ns: extent.max_start_ns,
            });
            offset += sealed.length;
            chunks.extend(sealed.chunks);
        }
    }
    Ok(Bundle { chunks, rows })
}

/// An extent under a key of its own, and that key under its tenant's.
struct Sealed {
    chunks: Vec<Bytes>,
    length: u64,
    key: WrappedKey,
}

impl Sealed {
    fn of(chunks: &[Bytes], keys: &TenantKeys, tenant: TenantId, id: SegmentId) -> Self {
        let mut rng = rand::rng();
        let key = ExtentKey::generate(tenant, id, &mut rng);
        let chunks = key.seal(chunks);
        let length = chunks.iter().map(|chunk| chunk.len() as u64).sum();
        Self { chunks, length, key: keys[&tenant].wrap(tenant, id, &key, &mut rng) }
    }
}

/// Splits batches by the UTC day of their time column. Nearly every cut lies within one day.
fn by_day(
    table: Table,
    batches: &[RecordBatch],
) -> Result<BTreeMap<i32, Vec<RecordBatch>>, naru_lake::Error> {
    let mut days: BTreeMap<i32, Vec<RecordBatch>> = BTreeMap::new();
    for batch in batches {
        let times = batch
            .column_by_name(schema::time_column(table))
            .expect("every lake table has its time column")
            .as_primitive::<Int64Type>();
        let row_days: Vec<i32> = times.values().iter().map(|&time| day_of_ns(time)).collect();
        let mut seen = row_days.clone();
        seen.sort_unstable();
        seen.dedup();
        if let [day] = seen[..] {
            days.entry(day).or_default().push(batch.clone());
            continue;
        }
        for day in seen {
            let of_day: BooleanArray = row_days.iter().map(|&row_day| Some(row_day == day)).collect();
            let rows = filter_record_batch(batch, &of_day).map_err(naru_lake::Error::Sort)?;
            days.entry(day).or_default().push(rows);
        }
    }
    Ok(days)
}

/// Undecodable entries, byte by byte as they came, sealed like everything else.
pub(super) fn quarantine(
    entries: &[Quarantined],
    keys: &TenantKeys,
    name: &CutName,
    path: &str,
) -> Bundle<QuarantineRow> {
    let (mut chunks, mut offset) = (Vec::new(), 0);
    let rows = entries
        .iter()
        .map(|entry| {
            let id = SegmentId::new(UnixMs(name.at_ms));
            let sealed = Sealed::of(std::slice::from_ref(&entry.bytes), keys, entry.tenant, id);
            let row = QuarantineRow {
                id,
                tenant: entry.tenant,
                project: entry.project,
                signal: entry.signal,
                partition: name.partition,
                seq: entry.seq,
                reason: entry.reason.clone(),
                bytes: entry.bytes.len() as u64,
                path: path.to_owned(),
                offset,
                length: sealed.length,
                sealed_key: sealed.key,
                received_ms: entry.received_ms,
            };
            offset += sealed.length;
            chunks.extend(sealed.chunks);
            row
        })
        .collect();
    Bundle { chunks, rows }
}
