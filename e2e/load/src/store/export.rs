//! Reads what `naru-writer export` handed out: plain Parquet, ids as hex, nothing of ours needed.

use std::{
    collections::HashMap,
    fs::{self, File},
    path::Path,
};

use anyhow::{Context, ensure};
use arrow::array::AsArray;
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use crate::corpus::SpanKey;

const IDS: [&str; 2] = ["trace_id", "span_id"];

/// Every span below the directory of an export, with how often its files hold it.
pub fn exported_spans(out: &Path) -> anyhow::Result<HashMap<SpanKey, u32>> {
    ensure!(out.join("manifest.json").exists(), "{} is no whole export: it has no manifest", out.display());
    let mut seen = HashMap::new();
    let spans = out.join("spans");
    if spans.exists() {
        count_below(&spans, &mut seen)?;
    }
    Ok(seen)
}

fn count_below(dir: &Path, seen: &mut HashMap<SpanKey, u32>) -> anyhow::Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("looking into {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            count_below(&path, seen)?;
        } else {
            count(&path, seen).with_context(|| format!("reading {}", path.display()))?;
        }
    }
    Ok(())
}

fn count(path: &Path, seen: &mut HashMap<SpanKey, u32>) -> anyhow::Result<()> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), IDS);
    for batch in builder.with_projection(mask).build()? {
        let batch = batch?;
        let ids = |name: &str| {
            let column = batch.column_by_name(name).with_context(|| format!("no column {name}"))?;
            column.as_string_opt::<i32>().with_context(|| format!("{name} is no text"))
        };
        let (traces, spans) = (ids(IDS[0])?, ids(IDS[1])?);
        for (trace, span) in traces.iter().flatten().zip(spans.iter().flatten()) {
            let key = SpanKey {
                trace_id: u128::from_str_radix(trace, 16).context("a trace id in hex")?,
                span_id: u64::from_str_radix(span, 16).context("a span id in hex")?,
            };
            *seen.entry(key).or_default() += 1;
        }
    }
    Ok(())
}
