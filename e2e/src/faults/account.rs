//! The comparison: the client's ledger against the stored files, what the writer exports of them, the query API, and the
//! bill; and the sums of dashboards against the rows they were counted from.

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use naru_ids::TenantId;
use naru_load::{
    corpus::{ItemKey, Part, Signal},
    drive::now_ms,
    ledger::Account,
    oracle::{Verdict, judge},
    read::{Billed, Reader},
    store::{LakeReader, exported},
};

use super::{
    eventually,
    load::Done,
    recount::{Recount, recount},
};
use crate::{Stack, Tenant};

const HOUR_MS: u64 = 3_600_000;
const MINUTE_MS: u64 = 60_000;

/// What each reader found of one signal.
#[derive(Debug)]
pub struct OfSignal {
    pub signal: Signal,
    /// The segments themselves.
    pub by_files: Verdict,
    /// Plain Parquet of `naru-writer export`.
    pub by_export: Verdict,
    /// Tenant SQL.
    pub by_sql: Verdict,
}

#[derive(Debug)]
pub struct Compared {
    pub signals: Vec<OfSignal>,
    /// Lists of transactions show no other spans.
    pub entries_by_list: Verdict,
    /// By metering.
    pub billed: Billed,
    /// What dashboards show.
    pub recount: Recount,
}

impl Compared {
    /// Nothing acknowledged is lost, nothing is stored, summed up or billed twice, and no outage made a client drop data.
    #[must_use]
    pub fn holds(&self) -> bool {
        let all_hold = self.signals.iter().all(|of_signal| {
            let OfSignal { signal, by_files, by_export, by_sql } = of_signal;
            [by_files, by_export, by_sql].into_iter().all(Verdict::holds)
                && by_files.acknowledged > 0
                && by_files.rejected == 0
                && by_export.found == by_files.found
                && self.billed(*signal) == by_files.found
        });
        all_hold && self.entries_by_list.holds() && self.recount.holds()
    }

    fn billed(&self, signal: Signal) -> u64 {
        match signal {
            Signal::Traces => self.billed.spans,
            Signal::Metrics => self.billed.metric_points,
            Signal::Logs => self.billed.log_records,
        }
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for OfSignal { signal, by_files, by_export, by_sql } in &self.signals {
            writeln!(f, "{signal:?} by the files:  {by_files}")?;
            writeln!(f, "{signal:?} by the export: {by_export}")?;
            writeln!(f, "{signal:?} by SQL:        {by_sql}")?;
            writeln!(f, "{signal:?} billed:        {}", self.billed(*signal))?;
        }
        writeln!(f, "entries by the list: {}", self.entries_by_list)?;
        write!(f, "rollups:             {}", self.recount)
    }
}

/// `lake_dir`: where the stack's objects lie as files.
pub(super) async fn compare(stack: &Stack, lake_dir: &Path, done: &Done) -> anyhow::Result<Compared> {
    let Done { tenant, corpus, ledger, first_ms, .. } = done;
    let account = Account::read(ledger)?;
    let id = tenant.id.parse::<TenantId>()?.uuid();
    let lake = lake_at(stack, lake_dir).await?;
    eventually("everything acknowledged is committed", || async {
        lake.committed(id).await.unwrap_or(0) >= account.acknowledged_items()
    })
    .await?;
    let export = export(stack, tenant)?;
    let reader = reader(stack, tenant)?;
    let (from_ms, to_ms) = (first_ms - MINUTE_MS, now_ms() + MINUTE_MS);
    let mut signals = Vec::new();
    for signal in Signal::ALL {
        let judge = |found: &HashMap<ItemKey, u32>| judge(&account, corpus, found, Part::All(signal));
        signals.push(OfSignal {
            signal,
            by_files: judge(&lake.items(id, signal).await?),
            by_export: judge(&exported(&export, signal)?),
            by_sql: judge(&reader.items(signal, from_ms, to_ms).await?),
        });
    }
    let entries = reader.entry_spans(from_ms, to_ms).await?;
    let entries_by_list = judge(&account, corpus, &entries, Part::EntrySpans);
    let stored: u64 = signals.iter().map(|of_signal| of_signal.by_files.found).sum();
    let billed = || reader.billed(first_ms - 2 * HOUR_MS, now_ms() + 2 * HOUR_MS);
    eventually("the bill has what is stored", || async {
        billed().await.is_ok_and(|billed| billed.spans + billed.metric_points + billed.log_records >= stored)
    })
    .await?;
    let recount = recount(stack, tenant, from_ms, to_ms)?;
    Ok(Compared { signals, entries_by_list, billed: billed().await?, recount })
}

/// Past row-level security, with a reader that shares no code with the product.
pub async fn lake(stack: &Stack) -> anyhow::Result<LakeReader> {
    lake_at(stack, &stack.lake_dir()).await
}

/// The same where objects lie elsewhere.
pub(super) async fn lake_at(stack: &Stack, lake_dir: &Path) -> anyhow::Result<LakeReader> {
    let key_file = stack.data().join("secrets/lake-key");
    let url = std::fs::read_to_string(stack.data().join("secrets/superuser-url"));
    let url = url.context("reading the superuser's URL")?;
    LakeReader::connect(url.trim(), lake_dir, &key_file).await
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
