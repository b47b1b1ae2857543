//! `naru-load verify`.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use naru_load::{
    corpus::{Corpus, Part, Signal},
    drive::now_ms,
    ledger::Account,
    oracle::{Verdict, is_billed_for, judge},
    read::Reader,
};
use serde::Deserialize;

use crate::Format;

/// Traces take seconds, and clocks differ a little.
const AROUND_MS: u64 = 60_000;
/// Usage is written with the cut that stores it, a minute later unless the writer is told otherwise, and then totalled.
const BILLED_WITHIN: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_secs(1);
const SIGNALS: [(&str, Signal); 3] =
    [("spans", Signal::Traces), ("data points", Signal::Metrics), ("log records", Signal::Logs)];

#[derive(clap::Args)]
pub(crate) struct Args {
    #[arg(long)]
    ledger: PathBuf,
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    edge: String,
    #[arg(long)]
    console_host: String,
    /// One JSON object per line in the order of the key file: {"apm_host", "project", "token"}. Then the three options
    /// below are not asked for, and each tenant's bill is compared, too.
    #[arg(long, conflicts_with_all = ["apm_host", "token_file", "project"])]
    tenants_file: Option<PathBuf>,
    #[arg(long, required_unless_present = "tenants_file")]
    apm_host: Option<String>,
    #[arg(long, required_unless_present = "tenants_file")]
    token_file: Option<PathBuf>,
    #[arg(long, required_unless_present = "tenants_file")]
    project: Option<String>,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// How to read one tenant's telemetry.
#[derive(Deserialize)]
struct Tenant {
    apm_host: String,
    project: String,
    token: String,
}

pub(crate) async fn verify(args: Args) -> anyhow::Result<()> {
    let account = Account::read(&args.ledger)?;
    let corpus = Corpus::of(account.shape.clone());
    let tenants = tenants(&args)?;
    let count = u32::try_from(tenants.len())?;
    let strangers = account.requests.values().filter(|entry| entry.tenant >= count).count();
    ensure!(strangers == 0, "{strangers} requests are of tenants that are not named");
    let mut all_hold = true;
    for (number, tenant) in (0..).zip(&tenants) {
        let account = account.of_tenant(number);
        let edge = &args.edge;
        let reader = Reader::new(edge, &tenant.apm_host, &args.console_host, &tenant.token, &tenant.project)?;
        let first_ms = account.requests.values().map(|entry| entry.base_ms).min().unwrap_or_else(now_ms);
        let last_ms = account.requests.values().map(|entry| entry.base_ms).max().unwrap_or(first_ms);
        let (from_ms, to_ms) = (first_ms.saturating_sub(AROUND_MS), last_ms + AROUND_MS);
        let mut verdicts = vec![];
        let entries = reader.entry_spans(from_ms, to_ms).await?;
        verdicts.push(("entry spans by the list", judge(&account, &corpus, &entries, Part::EntrySpans)));
        for (what, signal) in SIGNALS {
            let items = reader.items(signal, from_ms, to_ms).await?;
            verdicts.push((what, judge(&account, &corpus, &items, Part::All(signal))));
        }
        let is_billed = match args.tenants_file {
            Some(_) => Some(is_billed(&account, &reader, from_ms, to_ms).await?),
            None => None,
        };
        report(&tenant.apm_host, &verdicts, is_billed, args.format);
        all_hold &= verdicts.iter().all(|(_, verdict)| verdict.holds()) && is_billed != Some(false);
    }
    ensure!(all_hold, "the ledger and the API disagree");
    Ok(())
}

/// Waits, since a bill comes after what it is for can be read.
async fn is_billed(account: &Account, reader: &Reader, from_ms: u64, to_ms: u64) -> anyhow::Result<bool> {
    let deadline = Instant::now() + BILLED_WITHIN;
    while !is_billed_for(account, &reader.billed(from_ms, to_ms).await?) {
        if Instant::now() > deadline {
            return Ok(false);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(true)
}

fn tenants(args: &Args) -> anyhow::Result<Vec<Tenant>> {
    if let Some(path) = &args.tenants_file {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        return lines.map(|line| serde_json::from_str(line).context("reading a tenant")).collect();
    }
    let missing = "clap asks for it without --tenants-file";
    let token = std::fs::read_to_string(args.token_file.as_ref().context(missing)?)?.trim().to_owned();
    let (apm_host, project) =
        (args.apm_host.clone().context(missing)?, args.project.clone().context(missing)?);
    Ok(vec![Tenant { apm_host, project, token }])
}

fn report(host: &str, verdicts: &[(&str, Verdict)], is_billed: Option<bool>, format: Format) {
    match format {
        Format::Text => {
            for (what, verdict) in verdicts {
                println!("{host}: {what}: {verdict}");
            }
            if let Some(is_right) = is_billed {
                println!("{host}: the bill {}", if is_right { "is right" } else { "IS WRONG" });
            }
        }
        Format::Json => {
            let of = |(what, verdict): &(&str, Verdict)| {
                serde_json::json!({
                    "what": what, "acknowledged": verdict.acknowledged, "lost": verdict.lost,
                    "doubled": verdict.doubled, "strangers": verdict.strangers,
                })
            };
            let verdicts: Vec<_> = verdicts.iter().map(of).collect();
            println!(
                "{}",
                serde_json::json!({ "host": host, "items": verdicts, "bill_is_right": is_billed })
            );
        }
    }
}
