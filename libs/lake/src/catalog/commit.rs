//! The commit of a cut: everything it stored, in one Postgres transaction, or nothing.
//!
//! Exactness comes from one compare-and-set alone: the partition moves from (`prev_seq`, `epoch`) to `last_seq`. Its row
//! is locked first, so that what was compared still holds when it is set.

use std::collections::{BTreeMap, BTreeSet};

use naru_ids::{ProjectId, SegmentId, TenantId, UsageId};
use naru_postgres::{Pool, Tx};
use naru_signal::Signal;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::{SegmentRow, garbage, keys, names, offset::Offset, read::count};
use crate::{Error, seal::WrappedKey};

/// How long an entry's id is remembered after its cut: clients give up resending long before.
///
/// It is time of the partition's stream, from one committed cut to another. Bytes that came within the hour may wait on the
/// bus for days; who reads them then still knows the id.
pub const ENTRY_MEMORY_S: u64 = 3_600;

/// Rows per statement, so that none grows without bound.
pub(super) const CHUNK_ROWS: usize = 5_000;

/// What one cut of one partition adds to the catalog.
#[derive(Debug, Clone, Default)]
pub struct Cut {
    pub partition: u16,
    pub epoch: i64,
    /// `committed_seq` before this cut.
    pub prev_seq: u64,
    pub last_seq: u64,
    /// When the bus stored its newest pack, unix ms; never before that of an earlier cut.
    pub at_ms: u64,
    pub segments: Vec<SegmentRow>,
    pub usage: Vec<UsageRow>,
    pub quarantined: Vec<QuarantineRow>,
    /// Which keys of their tenants these are sealed with, by [`crate::KeyRing::to_seal`].
    pub keys: BTreeMap<TenantId, Uuid>,
    /// What its rollups change about names.
    pub names: names::Changes,
    /// (entry id, sequence of its pack).
    pub entries: Vec<(u128, u64)>,
}

/// What one project sent within one UTC hour of receive time, as far as this cut stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    pub id: UsageId,
    pub tenant: TenantId,
    pub project: ProjectId,
    pub signal: Signal,
    /// Unix ms, a whole hour.
    pub hour_ms: u64,
    pub items: u64,
    /// Decompressed OTLP.
    pub bytes: u64,
}

/// An entry that could not be decoded: its bytes lie in the object at `path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    pub id: SegmentId,
    pub tenant: TenantId,
    pub project: ProjectId,
    pub signal: Signal,
    pub partition: u16,
    pub seq: u64,
    pub reason: String,
    /// Of the entry as it came; not kept in the catalog.
    pub bytes: u64,
    pub path: String,
    pub offset: u64,
    /// Sealed, as it lies there.
    pub length: u64,
    pub sealed_key: WrappedKey,
    pub received_ms: u64,
}

/// How a commit ended, when it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The cut is in the catalog: by this call, or by an earlier one whose answer was lost.
    Committed,
    /// Another writer owns the partition. Nothing of this cut was written or ever will be.
    Fenced,
    /// The cut came so late that its objects count as garbage. Nothing was written; its rows are on the bus.
    Collected,
    /// One of its tenants was forgotten since it was sealed. Nothing was written; sealed anew, the same rows can be.
    KeyGone,
}

/// Commits a cut. After an error nobody knows whether it was applied: call again with the same cut, until it answers.
pub async fn commit(pool: &Pool, cut: &Cut) -> Result<Outcome, Error> {
    let mut tx = pool.begin().await.map_err(Error::transaction("beginning a commit"))?;
    let are_keys_there = keys::hold(&mut tx, &cut.keys).await?;
    // This locks the row: an earlier attempt whose COMMIT is still under way ends before we go on. How that ended counts,
    // also when a key is gone by now.
    let ended = lock_offset(&mut tx, cut.partition).await?.map_or(Some(Outcome::Fenced), |at| at.end_of(cut));
    if let Some(outcome) = ended.or((!are_keys_there).then_some(Outcome::KeyGone)) {
        tx.rollback().await.map_err(Error::transaction("rolling back a commit"))?;
        return Ok(outcome);
    }
    move_offset(&mut tx, cut).await?;
    for tenant in tenants_of(cut) {
        tx.set_tenant(tenant).await.map_err(Error::transaction("naming the tenant of a commit"))?;
        insert_segments(&mut tx, cut.segments.iter().filter(|row| row.tenant == tenant)).await?;
        insert_usage(&mut tx, cut.usage.iter().filter(|row| row.tenant == tenant)).await?;
        insert_quarantined(&mut tx, cut.quarantined.iter().filter(|row| row.tenant == tenant)).await?;
        names::change(&mut tx, tenant, cut.partition, &cut.names).await?;
    }
    insert_entries(&mut tx, cut).await?;
    if !garbage::save(&mut tx, &paths_of(cut)).await? {
        tx.rollback().await.map_err(Error::transaction("rolling back a commit"))?;
        return Ok(Outcome::Collected);
    }
    tx.commit().await.map_err(Error::transaction("committing a cut"))?;
    Ok(Outcome::Committed)
}

/// `None`: there is no such partition.
async fn lock_offset(tx: &mut Tx, partition: u16) -> Result<Option<Offset>, Error> {
    let row = sqlx::query("select epoch, committed_seq from lake.partition where partition = $1 for update")
        .bind(i32::from(partition))
        .fetch_optional(&mut **tx)
        .await
        .map_err(Error::catalog("locking an offset"))?;
    let offset = |row: &PgRow| -> Result<Offset, sqlx::Error> {
        Ok(Offset { epoch: row.try_get("epoch")?, committed_seq: count(row, "committed_seq")? })
    };
    row.as_ref().map(offset).transpose().map_err(Error::catalog("reading an offset"))
}

async fn move_offset(tx: &mut Tx, cut: &Cut) -> Result<(), Error> {
    sqlx::query("update lake.partition set committed_seq = $2 where partition = $1")
        .bind(i32::from(cut.partition))
        .bind(signed(cut.last_seq))
        .execute(&mut **tx)
        .await
        .map_err(Error::catalog("moving the offset"))?;
    Ok(())
}

fn tenants_of(cut: &Cut) -> BTreeSet<TenantId> {
    let segments = cut.segments.iter().map(|row| row.tenant);
    let usage = cut.usage.iter().map(|row| row.tenant);
    segments
        .chain(usage)
        .chain(cut.names.tenants())
        .chain(cut.quarantined.iter().map(|row| row.tenant))
        .collect()
}

/// The objects it points to; all segments of a cut lie in one.
fn paths_of(cut: &Cut) -> Vec<&str> {
    let segments = cut.segments.iter().map(|row| row.path.as_str());
    let all: BTreeSet<&str> = segments.chain(cut.quarantined.iter().map(|row| row.path.as_str())).collect();
    all.into_iter().collect()
}

pub(super) async fn insert_segments(
    tx: &mut Tx,
    rows: impl Iterator<Item = &SegmentRow>,
) -> Result<(), Error> {
    for row in rows {
        sqlx::query(
            "insert into lake.segment
                    (id, tenant_id, project_id, holds, day, partition, first_seq, last_seq, level, path,
                     byte_offset, byte_length, row_count, min_start_ns, max_start_ns, sealed_key)
             values ($1, $2, $3, $4, date '1970-01-01' + $5::integer, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                     $16)",
        )
        .bind(row.id.uuid())
        .bind(row.tenant.uuid())
        .bind(row.project.uuid())
        .bind(i16::from(row.table.code()))
        .bind(row.day)
        .bind(i32::from(row.partition))
        .bind(signed(row.first_seq))
        .bind(signed(row.last_seq))
        .bind(row.level)
        .bind(&row.path)
        .bind(signed(row.offset))
        .bind(signed(row.length))
        .bind(signed(row.rows))
        .bind(row.min_start_ns)
        .bind(row.max_start_ns)
        .bind(&row.sealed_key.0)
        .execute(&mut **tx)
        .await
        .map_err(Error::catalog("inserting a segment"))?;
    }
    Ok(())
}

async fn insert_usage(tx: &mut Tx, rows: impl Iterator<Item = &UsageRow>) -> Result<(), Error> {
    for row in rows {
        sqlx::query(
            "insert into lake.usage_outbox (id, tenant_id, project_id, signal, hour, items, bytes)
             values ($1, $2, $3, $4, to_timestamp($5::double precision), $6, $7)",
        )
        .bind(row.id.uuid())
        .bind(row.tenant.uuid())
        .bind(row.project.uuid())
        .bind(i16::from(row.signal.code()))
        .bind(signed(row.hour_ms / 1_000) as f64)
        .bind(signed(row.items))
        .bind(signed(row.bytes))
        .execute(&mut **tx)
        .await
        .map_err(Error::catalog("inserting usage"))?;
    }
    Ok(())
}

async fn insert_quarantined(tx: &mut Tx, rows: impl Iterator<Item = &QuarantineRow>) -> Result<(), Error> {
    for row in rows {
        sqlx::query(
            "insert into lake.quarantine
                    (id, tenant_id, project_id, signal, partition, seq, reason, path, byte_offset, byte_length,
                     received_at, sealed_key)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11::double precision / 1000), $12)",
        )
        .bind(row.id.uuid())
        .bind(row.tenant.uuid())
        .bind(row.project.uuid())
        .bind(i16::from(row.signal.code()))
        .bind(i32::from(row.partition))
        .bind(signed(row.seq))
        .bind(&row.reason)
        .bind(&row.path)
        .bind(signed(row.offset))
        .bind(signed(row.length))
        .bind(signed(row.received_ms) as f64)
        .bind(&row.sealed_key.0)
        .execute(&mut **tx)
        .await
        .map_err(Error::catalog("inserting a quarantined entry"))?;
    }
    Ok(())
}

async fn insert_entries(tx: &mut Tx, cut: &Cut) -> Result<(), Error> {
    for chunk in cut.entries.chunks(CHUNK_ROWS) {
        let (ids, seqs): (Vec<Vec<u8>>, Vec<i64>) =
            chunk.iter().map(|&(id, seq)| (id.to_be_bytes().to_vec(), signed(seq))).unzip();
        // An id past its hour may still have its row; the newer commit is then the one that counts.
        sqlx::query(
            "insert into lake.entry (partition, id, seq, stream_at)
             select $1, id, seq, to_timestamp($4::double precision / 1000)
               from unnest($2::bytea[], $3::bigint[]) as entry (id, seq)
             on conflict (partition, id)
             do update set seq = excluded.seq,
                           committed_at = excluded.committed_at,
                           stream_at = greatest(entry.stream_at, excluded.stream_at)",
        )
        .bind(i32::from(cut.partition))
        .bind(ids)
        .bind(seqs)
        .bind(signed(cut.at_ms) as f64)
        .execute(&mut **tx)
        .await
        .map_err(Error::catalog("inserting entry ids"))?;
    }
    Ok(())
}

/// Ids of the last [`ENTRY_MEMORY_S`] of the partition's stream, as far as that is committed, each with the [`Cut::at_ms`]
/// of its cut; oldest first. What a new owner must know.
///
/// Ids from before streams' times were noted are those of the last hour by Postgres's clock, with the time of their commit.
pub async fn recent_entries(pool: &Pool, partition: u16) -> Result<Vec<(u128, u64)>, Error> {
    let rows = sqlx::query(
        "select id, (extract(epoch from coalesce(stream_at, committed_at)) * 1000)::bigint as at_ms
           from lake.entry
          where partition = $1
            and (stream_at >= (select max(stream_at) from lake.entry where partition = $1)
                              - $2 * interval '1 second'
                 or stream_at is null and committed_at > now() - $2 * interval '1 second')
          order by at_ms",
    )
    .bind(i32::from(partition))
    .bind(signed(ENTRY_MEMORY_S))
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("reading recent entry ids"))?;
    rows.iter()
        .map(|row| {
            let id: Vec<u8> = row.try_get("id")?;
            let id = <[u8; 16]>::try_from(id)
                .map_err(|_| sqlx::Error::Decode("an entry id has 16 bytes".into()))?;
            Ok((u128::from_be_bytes(id), count(row, "at_ms")?))
        })
        .collect::<Result<_, sqlx::Error>>()
        .map_err(Error::catalog("reading recent entry ids"))
}

/// Postgres has no unsigned integers; sequences, sizes and counts stay far below its maximum.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn uuid(row: &PgRow, column: &str) -> Result<Uuid, sqlx::Error> {
    row.try_get(column)
}
