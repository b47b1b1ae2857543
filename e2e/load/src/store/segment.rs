//! Reads segments without our own reader: the directory by its description, rows with the plain Parquet crate.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use arrow::{
    array::{Array, AsArray},
    datatypes::UInt32Type,
};
use bytes::Bytes;
use sqlx::{PgPool, Row};

use super::{
    keys::{Ids, count},
    sealed::Opener,
};
use crate::corpus::{ItemKey, Signal};

/// Reads as the superuser, whom row-level security does not hold back; no service does that.
#[derive(Debug)]
pub struct LakeReader {
    pub(super) pool: PgPool,
    lake_dir: PathBuf,
    key_file: PathBuf,
}

impl LakeReader {
    pub async fn connect(superuser_url: &str, lake_dir: &Path, key_file: &Path) -> anyhow::Result<Self> {
        let pool = PgPool::connect(superuser_url).await.context("connecting to the catalog")?;
        Ok(Self { pool, lake_dir: lake_dir.to_owned(), key_file: key_file.to_owned() })
    }

    /// Rows that the catalog states for the tenant: spans, data points and log records.
    pub async fn committed(&self, tenant: uuid::Uuid) -> anyhow::Result<u64> {
        let row = sqlx::query(
            "select coalesce(sum(row_count), 0)::bigint as items
               from lake.segment
              where tenant_id = $1
                and holds in (1, 2, 3)",
        )
        .bind(tenant)
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(row.try_get::<i64, _>("items")?)?)
    }

    /// The same for all tenants together.
    pub async fn committed_of_all(&self) -> anyhow::Result<u64> {
        let row = sqlx::query(
            "select coalesce(sum(row_count), 0)::bigint as items from lake.segment where holds in (1, 2, 3)",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(row.try_get::<i64, _>("items")?)?)
    }

    /// Bytes of all the tenant's segments, rollups too.
    pub async fn segment_bytes(&self, tenant: uuid::Uuid) -> anyhow::Result<u64> {
        let row = sqlx::query(
            "select coalesce(sum(byte_length), 0)::bigint as bytes
               from lake.segment
              where tenant_id = $1",
        )
        .bind(tenant)
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(row.try_get::<i64, _>("bytes")?)?)
    }

    /// Segments that nobody has merged yet.
    pub async fn cuts(&self) -> anyhow::Result<u64> {
        let row = sqlx::query("select count(*) as cuts from lake.segment where level = 0")
            .fetch_one(&self.pool)
            .await?;
        Ok(u64::try_from(row.try_get::<i64, _>("cuts")?)?)
    }

    /// What the catalog takes on disk, its indexes too.
    pub async fn catalog_bytes(&self) -> anyhow::Result<u64> {
        let row = sqlx::query(
            "select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint as bytes
               from pg_class c
               join pg_namespace n on n.oid = c.relnamespace
              where n.nspname = 'lake'
                and c.relkind = 'r'",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(row.try_get::<i64, _>("bytes")?)?)
    }

    /// Every stored item of the tenant with how often the files hold it.
    pub async fn items(&self, tenant: uuid::Uuid, signal: Signal) -> anyhow::Result<HashMap<ItemKey, u32>> {
        let segments = sqlx::query(
            "select id, path, byte_offset, byte_length, sealed_key
               from lake.segment
              where tenant_id = $1
                and holds = $2
              order by path, byte_offset",
        )
        .bind(tenant)
        .bind(match signal {
            Signal::Traces => 1_i16,
            Signal::Metrics => 2,
            Signal::Logs => 3,
        })
        .fetch_all(&self.pool)
        .await?;
        let mut seen = HashMap::new();
        if segments.is_empty() {
            return Ok(seen);
        }
        let opener = self.opener(tenant).await?;
        for row in segments {
            let path: String = row.try_get("path")?;
            let (offset, length): (i64, i64) = (row.try_get("byte_offset")?, row.try_get("byte_length")?);
            let extent = read_extent(&self.lake_dir.join(&path), offset, length)
                .and_then(|sealed| opener.open(row.try_get("id")?, row.try_get("sealed_key")?, sealed))
                .with_context(|| format!("reading {length} bytes at {offset} of {path}"))?;
            let extent = Bytes::from(extent);
            Numbers::of(&extent, signal)
                .and_then(|ids| count(section(&extent, PARQUET)?, signal, &ids, &mut seen))
                .with_context(|| format!("reading Parquet of {path} at {offset}"))?;
        }
        Ok(seen)
    }

    async fn opener(&self, tenant: uuid::Uuid) -> anyhow::Result<Opener> {
        let row = sqlx::query("select wrapped from lake.tenant_key where tenant_id = $1")
            .bind(tenant)
            .fetch_one(&self.pool)
            .await
            .context("reading the tenant's key")?;
        Opener::new(&self.key_file, tenant, row.try_get("wrapped")?)
    }
}

fn read_extent(path: &Path, offset: i64, length: i64) -> anyhow::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(u64::try_from(offset)?))?;
    let mut bytes = vec![0; usize::try_from(length)?];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Rows hold their trace's number; the extent's table has the ids.
struct Numbers(Bytes);

impl Numbers {
    fn of(extent: &Bytes, signal: Signal) -> anyhow::Result<Self> {
        let has_traces = signal != Signal::Metrics;
        Ok(Self(if has_traces { section(extent, TRACE_TABLE)? } else { Bytes::new() }))
    }
}

impl Ids for Numbers {
    const TRACE: &'static str = "trace";

    fn trace(&self, column: &dyn Array, row: usize) -> anyhow::Result<u128> {
        let numbers = column.as_primitive_opt::<UInt32Type>().context("traces are no numbers")?;
        let start = 4 + numbers.value(row) as usize * 16;
        let id = self.0.get(start..start + 16).context("a row's trace has no id")?;
        Ok(u128::from_be_bytes(id.try_into()?))
    }

    fn span(&self, column: &dyn Array, row: usize) -> anyhow::Result<u64> {
        let ids = column.as_fixed_size_binary_opt().context("span ids are no bytes")?;
        Ok(u64::from_be_bytes(ids.value(row).try_into()?))
    }
}

const PARQUET: u8 = 0;
const TRACE_TABLE: u8 = 2;

/// A section by the directory at the extent's end: entries of kind u8, offset u64, length u64; then the directory's
/// length u32, version u16, "NSEG".
fn section(extent: &Bytes, kind: u8) -> anyhow::Result<Bytes> {
    let (before, trailer) = extent.split_last_chunk::<10>().context("no trailer")?;
    // Versions differ in how attributes and parents lie; traces and span ids are where they always were.
    let is_known = matches!(trailer[4..], [1..=3, 0, b'N', b'S', b'E', b'G']);
    ensure!(is_known, "not a segment of version 1 to 3");
    let length = u32::from_le_bytes(trailer[..4].try_into()?) as usize;
    let directory = &before[before.len().checked_sub(length).context("no directory")?..];
    let entry = directory.chunks_exact(17).find(|entry| entry[0] == kind).context("no such section")?;
    let number = |at: usize| -> anyhow::Result<usize> {
        Ok(usize::try_from(u64::from_le_bytes(entry[at..at + 8].try_into()?))?)
    };
    let (offset, length) = (number(1)?, number(9)?);
    ensure!(offset + length <= before.len(), "a section lies outside of its extent");
    Ok(extent.slice(offset..offset + length))
}
