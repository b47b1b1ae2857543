//! A tenant's telemetry as plain Parquet, for any reader: nothing sealed, ids as hex, attributes as JSON.
//!
//! `<out>/<table>/<day>/<segment>.parquet`, one file per segment, and at the end `<out>/manifest.json`: an export
//! without a manifest is not whole.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use arrow::{
    array::{AsArray, BooleanArray, RecordBatch},
    compute::filter_record_batch,
    datatypes::Int64Type,
};
use naru_ids::{ProjectId, TenantId};
use naru_lake::{
    catalog::{SegmentRow, read},
    path::day_text,
    schema,
    seal::TenantKey,
    segment::{ExtentReader, SegmentRows},
};
use naru_signal::Table;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};
use serde::Serialize;
use tracing::info;

use super::{Operator, TELEMETRY, json};

/// What is handed out, and where to.
#[derive(Debug, Clone)]
pub struct Export {
    pub tenant: TenantId,
    /// `None`: all of them.
    pub project: Option<ProjectId>,
    /// Unix ns, `from <= time < to`.
    pub from_ns: i64,
    pub to_ns: i64,
    /// Made when it is missing; must be empty.
    pub out: PathBuf,
}

/// The manifest.
#[derive(Debug, Clone, Serialize)]
pub struct Exported {
    /// Of this layout; other layouts have other numbers.
    pub format: u32,
    pub tenant: TenantId,
    pub from_ns: i64,
    pub to_ns: i64,
    pub rows: u64,
    pub files: Vec<ExportedFile>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ExportedFile {
    /// Below the directory.
    pub path: String,
    pub project: ProjectId,
    pub table: Table,
    pub rows: u64,
}

impl Operator {
    /// Rows of one segment at a time are in memory, and of those a row group.
    pub async fn export(&self, export: &Export) -> anyhow::Result<Exported> {
        let Export { tenant, from_ns, to_ns, .. } = *export;
        let out = export.out.display();
        fs::create_dir_all(&export.out).with_context(|| format!("making {out}"))?;
        let is_empty =
            fs::read_dir(&export.out).with_context(|| format!("looking into {out}"))?.next().is_none();
        anyhow::ensure!(is_empty, "{out} is not empty: name a new directory");
        let mut exported = Exported { format: 1, tenant, from_ns, to_ns, rows: 0, files: Vec::new() };
        let projects = match export.project {
            Some(project) => vec![project],
            None => read::projects(&mut self.begin(tenant).await?).await?,
        };
        let key = self.keys.get(tenant).await?;
        for (project, table) in projects.iter().flat_map(|project| TELEMETRY.map(|table| (*project, table))) {
            for row in self.segments(tenant, project, table, (from_ns, to_ns)).await? {
                let key = key.as_ref().context("the tenant has segments and no key to open them")?;
                let file = self.export_segment(&row, key, export).await;
                let file =
                    file.with_context(|| format!("exporting the segment {} at {}", row.id, row.path))?;
                exported.rows += file.as_ref().map_or(0, |file| file.rows);
                exported.files.extend(file);
            }
        }
        write_manifest(&export.out, &exported).with_context(|| format!("writing the manifest in {out}"))?;
        let (rows, files) = (exported.rows, exported.files.len());
        info!(tenant.id = %tenant, rows, "{rows} rows of {tenant} are in {files} files in {out}");
        Ok(exported)
    }

    /// `None` when no row is in range.
    async fn export_segment(
        &self,
        row: &SegmentRow,
        key: &TenantKey,
        export: &Export,
    ) -> anyhow::Result<Option<ExportedFile>> {
        let reader = ExtentReader::of(self.store.reader(), row, key)?;
        let mut stored = SegmentRows::open(&reader, row.table).await?;
        let path = format!("{}/{}/{}.parquet", row.table, day_text(row.day), row.id.hex());
        let (mut writer, mut rows) = (None, 0);
        while let Some(batch) = stored.next().await? {
            let batch = json::plain(&in_range(row.table, batch, export)?)?;
            if batch.num_rows() == 0 {
                continue;
            }
            rows += batch.num_rows() as u64;
            let writer = match &mut writer {
                Some(writer) => writer,
                None => writer.insert(begin_file(&export.out.join(&path), &batch)?),
            };
            writer.write(&batch)?;
        }
        let Some(writer) = writer else { return Ok(None) };
        writer.into_inner()?.sync_all()?;
        Ok(Some(ExportedFile { path, project: row.project, table: row.table, rows }))
    }
}

fn in_range(table: Table, rows: RecordBatch, export: &Export) -> anyhow::Result<RecordBatch> {
    let times = rows[schema::time_column(table)].as_primitive::<Int64Type>();
    let is_in = |time: &i64| (export.from_ns..export.to_ns).contains(time);
    let wanted: BooleanArray = times.values().iter().map(|time| Some(is_in(time))).collect();
    Ok(filter_record_batch(&rows, &wanted)?)
}

fn begin_file(path: &Path, rows: &RecordBatch) -> anyhow::Result<ArrowWriter<File>> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by("naru".to_owned())
        .build();
    Ok(ArrowWriter::try_new(File::create_new(path)?, rows.schema(), Some(properties))?)
}

fn write_manifest(out: &Path, exported: &Exported) -> anyhow::Result<()> {
    let mut file = File::create_new(out.join("manifest.json"))?;
    file.write_all(&serde_json::to_vec_pretty(exported)?)?;
    file.sync_all()?;
    Ok(())
}
