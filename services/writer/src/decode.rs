//! From a pack's bytes to Arrow rows, straight from the wire: no span structs in between.
//!
//! What cannot be read is put aside with its reason and never stops the partition; only a pack of an unknown version
//! does, since a newer writer could read it. Pure: no clock, no I/O.

mod events;
mod json;
mod logs;
mod points;
mod repeated;
mod resource;
mod rows;
mod spans;
mod text;

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use bytes::Bytes;
use naru_ids::{KeyId, ProjectId, TenantId};
use naru_otlp::{
    admit::EntryId,
    pack::{Pack, PackError, PackedEntry},
};
use naru_signal::Signal;
use uuid::Uuid;

use crate::{
    flush::{Ledger, Quarantined},
    partition::Seen,
    tail::TableKey,
};
use repeated::Undecodable;
use rows::Rows;

/// What a pack added.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    pub(crate) rows: Vec<(TableKey, RecordBatch)>,
    pub(crate) ledger: Ledger,
}

/// Decodes the pack at `seq`, without the entries in `seen`; adds the others to it.
///
/// # Errors
/// Only for what a newer writer could read.
pub(crate) fn pack(seq: u64, payload: &Bytes, seen: &mut Seen) -> Result<Decoded, String> {
    let pack = match Pack::decode(payload) {
        Ok(pack) => pack,
        Err(error @ (PackError::UnknownVersion(_) | PackError::UnknownCodec(_))) => {
            return Err(error.to_string());
        }
        Err(error) => return Ok(damaged(seq, payload, &error)),
    };
    let mut ledger = Ledger::default();
    let mut tables: BTreeMap<TableKey, Rows> = BTreeMap::new();
    for entry in pack.entries {
        if !seen.insert(entry.id.0) {
            metrics::counter!("writer_entries_resent_total").increment(1);
            continue;
        }
        ledger.entries.push((entry.id.0, seq));
        let key = TableKey { tenant: entry.tenant, project: entry.project, signal: entry.signal };
        let rows = tables.entry(key).or_insert_with(|| Rows::new(entry.signal));
        let before = rows.len();
        match rows.append(&entry) {
            Ok(()) if entry.is_unbilled => {}
            Ok(()) => {
                ledger.count(key, entry.received_ms, rows.len() - before, entry.bytes.len() as u64);
            }
            Err(error) => {
                rows.take_back(before);
                ledger.quarantined.push(undecodable(seq, entry, &error));
            }
        }
    }
    let rows = tables.into_iter().filter_map(|(key, rows)| rows.finish().map(|rows| (key, rows))).collect();
    metrics::counter!("writer_packs_decoded_total").increment(1);
    Ok(Decoded { rows, ledger })
}

/// Rows of one request alone; none of what is no request.
pub(crate) fn request(signal: Signal, bytes: Bytes, received_ms: u64) -> Option<RecordBatch> {
    let mut rows = Rows::new(signal);
    let entry = PackedEntry {
        id: EntryId(0),
        tenant: TenantId::from_uuid(Uuid::nil()),
        project: ProjectId::from_uuid(Uuid::nil()),
        key: KeyId::from_uuid(Uuid::nil()),
        signal,
        is_unbilled: true,
        items: 0,
        received_ms,
        clock_offset_ms: 0,
        bytes,
    };
    rows.append(&entry).ok()?;
    rows.finish()
}

fn undecodable(seq: u64, entry: PackedEntry, error: &Undecodable) -> Quarantined {
    metrics::counter!("writer_entries_quarantined_total").increment(1);
    tracing::error!(
        tenant.id = %entry.tenant, project.id = %entry.project, seq, entry.id = ?entry.id,
        "entry {:?} of {} cannot be decoded ({error}) and is put aside", entry.id, entry.project
    );
    Quarantined {
        tenant: entry.tenant,
        project: entry.project,
        signal: entry.signal,
        seq,
        reason: error.to_string(),
        received_ms: entry.received_ms,
        bytes: entry.bytes,
    }
}

/// A message that is no pack tells not even whose it is: it is kept under nobody's id, for us to look at.
fn damaged(seq: u64, payload: &Bytes, error: &PackError) -> Decoded {
    metrics::counter!("writer_packs_quarantined_total").increment(1);
    tracing::error!(seq, "the message at {seq} is no readable pack ({error}) and is put aside");
    let quarantined = Quarantined {
        tenant: TenantId::from_uuid(Uuid::nil()),
        project: ProjectId::from_uuid(Uuid::nil()),
        signal: Signal::Traces,
        seq,
        reason: error.to_string(),
        received_ms: 0,
        bytes: payload.clone(),
    };
    let mut decoded = Decoded::default();
    decoded.ledger.quarantined.push(quarantined);
    decoded
}

#[cfg(test)]
mod tests;
