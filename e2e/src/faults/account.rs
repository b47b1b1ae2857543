//! The comparison: the client's ledger against the stored files, what the writer exports of them, the query API, and the
//! bill.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use naru_ids::TenantId;
use naru_load::{
    corpus::{Corpus, SpanKey},
    drive::now_ms,
    ledger::Account,
    oracle::{Verdict, judge},
    read::Reader,
    store::{LakeReader, exported_spans},
};

use super::eventually;
use crate::{Stack, Tenant};

const HOUR_MS: u64 = 3_600_000;
const MINUTE_MS: u64 = 60_000;
const WINDOW_MS: usize = 5_000;

/// What each reader found.
#[derive(Debug)]
pub struct Compared {
    /// The segments themselves.
    pub by_files: Verdict,
    /// Plain Parquet of `naru-writer export`.
    pub by_export: Verdict,
    /// Entry spans only: the API lists no others.
    pub by_api: Verdict,
    /// Spans, by metering.
    pub billed: u64,
}

pub(super) async fn compare(
    stack: &Stack,
    tenant: &Tenant,
    ledger: &Path,
    corpus: &Corpus,
    first_ms: u64,
) -> anyhow::Result<Compared> {
    let account = Account::read(ledger)?;
    let acknowledged = account.acknowledged_items();
    let id = tenant.id.parse::<TenantId>()?.uuid();
    let lake = lake(stack).await?;
    eventually("all acknowledged spans are committed", || async {
        lake.committed_spans(id).await.unwrap_or(0) >= acknowledged
    })
    .await?;
    let by_files = judge(&account, corpus, &lake.spans(id).await?, false);
    let by_export = judge(&account, corpus, &exported_spans(&export(stack, tenant)?)?, false);

    let reader = reader(stack, tenant)?;
    let entries = entry_spans(&reader, first_ms - MINUTE_MS, now_ms() + MINUTE_MS).await?;
    let by_api = judge(&account, corpus, &entries, true);
    let billed = || reader.billed_spans(first_ms - 2 * HOUR_MS, now_ms() + 2 * HOUR_MS);
    eventually("the bill has what is stored", || async {
        billed().await.is_ok_and(|billed| billed >= by_files.found)
    })
    .await?;
    Ok(Compared { by_files, by_export, by_api, billed: billed().await? })
}

/// A page costs what its time range holds, so a long run is read window by window.
async fn entry_spans(reader: &Reader, from_ms: u64, to_ms: u64) -> anyhow::Result<HashMap<SpanKey, u32>> {
    let mut all: HashMap<SpanKey, u32> = HashMap::new();
    for from_ms in (from_ms..to_ms).step_by(WINDOW_MS) {
        let until_ms = to_ms.min(from_ms + WINDOW_MS as u64);
        for (key, times) in reader.entry_spans(from_ms, until_ms).await? {
            *all.entry(key).or_default() += times;
        }
    }
    Ok(all)
}

/// Past row-level security, with a reader that shares no code with the product.
pub async fn lake(stack: &Stack) -> anyhow::Result<LakeReader> {
    let secrets = stack.data().join("secrets");
    let url =
        std::fs::read_to_string(secrets.join("superuser-url")).context("reading the superuser's URL")?;
    LakeReader::connect(url.trim(), &stack.lake_dir(), &secrets.join("lake-key")).await
}

/// The public API.
pub fn reader(stack: &Stack, tenant: &Tenant) -> anyhow::Result<Reader> {
    let edge_url = format!("http://{}", stack.status()?.edge_addr);
    let (apm, console) = (tenant.apm.host(), tenant.console.host());
    Reader::new(&edge_url, apm, console, &tenant.token, &tenant.project)
}

fn export(stack: &Stack, tenant: &Tenant) -> anyhow::Result<PathBuf> {
    let out = stack.data().join("export");
    let mut export = stack.command("writer")?;
    export.args(["export", "--tenant", &tenant.id, "--out"]).arg(&out);
    let done = export.output().context("running the export")?;
    ensure!(done.status.success(), "the export failed: {}", String::from_utf8_lossy(&done.stderr));
    Ok(out)
}
