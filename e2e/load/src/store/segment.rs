//! Reads segments without our own reader: the directory by its description, rows with the plain Parquet crate.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use arrow::{array::AsArray, datatypes::UInt32Type};
use bytes::Bytes;
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};
use sqlx::{PgPool, Row};

use super::sealed::Opener;
use crate::corpus::SpanKey;

/// Reads as the superuser, whom row-level security does not hold back; no service does that.
#[derive(Debug)]
pub struct LakeReader {
    pool: PgPool,
    lake_dir: PathBuf,
    key_file: PathBuf,
}

impl LakeReader {
    pub async fn connect(superuser_url: &str, lake_dir: &Path, key_file: &Path) -> anyhow::Result<Self> {
        let pool = PgPool::connect(superuser_url).await.context("connecting to the catalog")?;
        Ok(Self { pool, lake_dir: lake_dir.to_owned(), key_file: key_file.to_owned() })
    }

    /// Rows that the catalog states for the tenant's spans.
    pub async fn committed_spans(&self, tenant: uuid::Uuid) -> anyhow::Result<u64> {
        let row = sqlx::query(
            "select coalesce(sum(row_count), 0)::bigint as spans
               from lake.segment
              where tenant_id = $1
                and holds = 1",
        )
        .bind(tenant)
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(row.try_get::<i64, _>("spans")?)?)
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

    /// Every stored span of the tenant with how often the files hold it.
    pub async fn spans(&self, tenant: uuid::Uuid) -> anyhow::Result<HashMap<SpanKey, u32>> {
        let segments = sqlx::query(
            "select id, path, byte_offset, byte_length, sealed_key
               from lake.segment
              where tenant_id = $1
                and holds = 1
              order by path, byte_offset",
        )
        .bind(tenant)
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
            count_spans(extent.into(), &mut seen)
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

fn count_spans(extent: Bytes, seen: &mut HashMap<SpanKey, u32>) -> anyhow::Result<()> {
    let ids = section(&extent, TRACE_TABLE)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(section(&extent, PARQUET)?)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["trace", "span_id"]);
    for batch in builder.with_projection(mask).build()? {
        let batch = batch?;
        let traces = batch.column_by_name("trace").context("no column trace")?.as_primitive::<UInt32Type>();
        let spans = batch.column_by_name("span_id").context("no column span_id")?.as_fixed_size_binary();
        for (row, number) in traces.values().iter().enumerate() {
            let start = 4 + *number as usize * 16;
            let id = ids.get(start..start + 16).context("a row's trace has no id")?;
            let key = SpanKey {
                trace_id: u128::from_be_bytes(id.try_into()?),
                span_id: u64::from_be_bytes(spans.value(row).try_into()?),
            };
            *seen.entry(key).or_default() += 1;
        }
    }
    Ok(())
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
