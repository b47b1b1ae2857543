//! Reads segments with the plain Parquet crate.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::Context;
use arrow::array::{Array, AsArray};
use bytes::Bytes;
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};
use sqlx::{PgPool, Row};

use crate::corpus::SpanKey;

/// Reads as the superuser, whom row-level security does not hold back; no service does that.
#[derive(Debug)]
pub struct LakeReader {
    pool: PgPool,
    lake_dir: PathBuf,
}

impl LakeReader {
    pub async fn connect(superuser_url: &str, lake_dir: &Path) -> anyhow::Result<Self> {
        let pool = PgPool::connect(superuser_url).await.context("connecting to the catalog")?;
        Ok(Self { pool, lake_dir: lake_dir.to_owned() })
    }

    /// Rows that the catalog states for the tenant's spans.
    pub async fn committed_spans(&self, tenant: uuid::Uuid) -> anyhow::Result<u64> {
        let row = sqlx::query(
            "select coalesce(sum(row_count), 0)::bigint as spans
               from lake.segment
              where tenant_id = $1
                and signal = 1",
        )
        .bind(tenant)
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(row.try_get::<i64, _>("spans")?)?)
    }

    /// Every stored span of the tenant with how often the files hold it.
    pub async fn spans(&self, tenant: uuid::Uuid) -> anyhow::Result<HashMap<SpanKey, u32>> {
        let segments = sqlx::query(
            "select path, byte_offset, byte_length
               from lake.segment
              where tenant_id = $1
                and signal = 1
              order by path, byte_offset",
        )
        .bind(tenant)
        .fetch_all(&self.pool)
        .await?;
        let mut seen = HashMap::new();
        for row in segments {
            let path: String = row.try_get("path")?;
            let (offset, length): (i64, i64) = (row.try_get("byte_offset")?, row.try_get("byte_length")?);
            let extent = read_extent(&self.lake_dir.join(&path), offset, length)
                .with_context(|| format!("reading {length} bytes at {offset} of {path}"))?;
            count_spans(extent, &mut seen)
                .with_context(|| format!("reading Parquet of {path} at {offset}"))?;
        }
        Ok(seen)
    }
}

fn read_extent(path: &Path, offset: i64, length: i64) -> anyhow::Result<Bytes> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(u64::try_from(offset)?))?;
    let mut bytes = vec![0; usize::try_from(length)?];
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}

fn count_spans(extent: Bytes, seen: &mut HashMap<SpanKey, u32>) -> anyhow::Result<()> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(extent)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["trace_id", "span_id"]);
    for batch in builder.with_projection(mask).build()? {
        let batch = batch?;
        let traces =
            batch.column_by_name("trace_id").context("no column trace_id")?.as_fixed_size_binary().clone();
        let spans =
            batch.column_by_name("span_id").context("no column span_id")?.as_fixed_size_binary().clone();
        for row in 0..traces.len() {
            let key = SpanKey {
                trace_id: u128::from_be_bytes(traces.value(row).try_into()?),
                span_id: u64::from_be_bytes(spans.value(row).try_into()?),
            };
            *seen.entry(key).or_default() += 1;
        }
    }
    Ok(())
}
