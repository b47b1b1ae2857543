//! Reads what `naru-writer export` handed out: plain Parquet, ids as hex, nothing of ours needed.

use std::{
    collections::HashMap,
    fs::{self, File},
    path::Path,
};

use anyhow::{Context, ensure};
use arrow::array::{Array, AsArray};

use super::keys::{Ids, count};
use crate::corpus::{ItemKey, Signal};

/// Every item below the directory of an export, with how often its files hold it.
pub fn exported(out: &Path, signal: Signal) -> anyhow::Result<HashMap<ItemKey, u32>> {
    ensure!(out.join("manifest.json").exists(), "{} is no whole export: it has no manifest", out.display());
    let mut seen = HashMap::new();
    let table = out.join(match signal {
        Signal::Traces => "spans",
        Signal::Metrics => "metric_points",
        Signal::Logs => "log_records",
    });
    if table.exists() {
        count_below(&table, signal, &mut seen)?;
    }
    Ok(seen)
}

fn count_below(dir: &Path, signal: Signal, seen: &mut HashMap<ItemKey, u32>) -> anyhow::Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("looking into {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            count_below(&path, signal, seen)?;
        } else {
            let counted =
                File::open(&path).map_err(Into::into).and_then(|file| count(file, signal, &Texts, seen));
            counted.with_context(|| format!("reading {}", path.display()))?;
        }
    }
    Ok(())
}

/// As hex.
struct Texts;

impl Ids for Texts {
    const TRACE: &'static str = "trace_id";

    fn trace(&self, column: &dyn Array, row: usize) -> anyhow::Result<u128> {
        u128::from_str_radix(text(column, row)?, 16).context("a trace id in hex")
    }

    fn span(&self, column: &dyn Array, row: usize) -> anyhow::Result<u64> {
        u64::from_str_radix(text(column, row)?, 16).context("a span id in hex")
    }
}

fn text(column: &dyn Array, row: usize) -> anyhow::Result<&str> {
    Ok(column.as_string_opt::<i32>().context("an id that is no text")?.value(row))
}
