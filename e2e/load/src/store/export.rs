//! Reads what `naru-writer export` handed out: plain Parquet, ids as hex, nothing of ours needed.

use std::{
    collections::HashMap,
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use arrow::array::{Array, AsArray};

use super::keys::{Ids, count};
use crate::corpus::{ItemKey, Signal};

/// Every item below the directory of an export, with how often its files hold it.
pub fn exported(out: &Path, signal: Signal) -> anyhow::Result<HashMap<ItemKey, u32>> {
    let mut seen = HashMap::new();
    for path in files(out, signal)? {
        let counted =
            File::open(&path).map_err(Into::into).and_then(|file| count(file, signal, &Texts, &mut seen));
        counted.with_context(|| format!("reading {}", path.display()))?;
    }
    Ok(seen)
}

/// The Parquet files of a signal below the directory of an export.
pub(super) fn files(out: &Path, signal: Signal) -> anyhow::Result<Vec<PathBuf>> {
    ensure!(out.join("manifest.json").exists(), "{} is no whole export: it has no manifest", out.display());
    let table = out.join(match signal {
        Signal::Traces => "spans",
        Signal::Metrics => "metric_points",
        Signal::Logs => "log_records",
    });
    let mut files = Vec::new();
    if table.exists() {
        find_below(&table, &mut files)?;
    }
    Ok(files)
}

fn find_below(dir: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("looking into {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            find_below(&path, files)?;
        } else {
            files.push(path);
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
