//! A steady load for a minute: what is acknowledged, how fast, at what cost, and whether all of it gets stored.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use anyhow::ensure;
use naru_e2e::{Status, Tenant};
use naru_load::{
    corpus::Corpus,
    drive::{Plan, Progress, drive, now_ms},
    ledger::{Account, Ledger, Line, Outcome},
    read::Reader,
    send::{GrpcSender, HttpSender, Sender},
};

use crate::process::Usage;

const SEED: u64 = 5;
const TRACES_PER_REQUEST: usize = 128;
/// Requests whose spans are counted to know how many requests make the wanted rate.
const SAMPLE: u64 = 256;
const STORED_WITHIN: Duration = Duration::from_secs(120);

pub(crate) struct Sustained {
    pub(crate) spans_per_s: f64,
    pub(crate) resends: u64,
    pub(crate) rejected: u64,
    pub(crate) answer_p50_ms: f64,
    pub(crate) answer_p99_ms: f64,
    pub(crate) cpu_us_per_span: f64,
    pub(crate) pss_peak_mib: f64,
    /// From the last answer until metering had counted, out of what the writer committed, every acknowledged span.
    pub(crate) all_billed_after: Duration,
}

pub(crate) async fn run(
    status: &Status,
    tenant: &Tenant,
    spans_per_s: u64,
    seconds: u64,
) -> anyhow::Result<Sustained> {
    let ledger_path = std::env::temp_dir().join(format!("naru-reach-{}.jsonl", std::process::id()));
    let ledger = Ledger::open(&ledger_path)?;
    ledger.write(&Line::Corpus { seed: SEED, traces_per_request: TRACES_PER_REQUEST })?;
    let corpus = Corpus::new(SEED, TRACES_PER_REQUEST);
    let spans_per_request: f64 =
        (0..SAMPLE).map(|n| f64::from(corpus.body(n, now_ms()).spans)).sum::<f64>() / SAMPLE as f64;
    let timeout = Duration::from_secs(30);
    let senders = vec![
        Sender::Http(HttpSender::new(&status.otlp_http, &tenant.license_key, timeout)?),
        Sender::Grpc(GrpcSender::new(&status.otlp_grpc, &tenant.license_key, timeout)?),
    ];
    let plan = Plan {
        first_request: 0,
        requests_per_s: spans_per_s as f64 / spans_per_request,
        duration: Duration::from_secs(seconds),
        settle: Duration::from_secs(30),
    };
    let reader = reader(status, tenant)?;
    let first_ms = now_ms() - 3_600_000;
    let billed_before = reader.billed_spans(first_ms, now_ms() + 3_600_000).await?;
    let before = Usage::of(status)?;
    let progress = Arc::new(Progress::default());
    let started = Instant::now();
    let load = drive(plan, Arc::new(corpus), Arc::new(senders), Arc::new(ledger), Arc::clone(&progress));
    let load = tokio::spawn(async move { load.await.map(|()| Instant::now()) });
    let mut pss_peak_mib: f64 = 0.0;
    while !load.is_finished() {
        pss_peak_mib = pss_peak_mib.max(Usage::of(status)?.pss_mib);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let ended = load.await??;
    let elapsed_s = ended.duration_since(started).as_secs_f64();
    let spans = progress.acknowledged_spans.load(Ordering::Relaxed);
    while reader.billed_spans(first_ms, now_ms() + 3_600_000).await? != billed_before + spans {
        ensure!(ended.elapsed() < STORED_WITHIN, "not all acknowledged spans are billed, or more than those");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let all_billed_after = ended.elapsed();
    let cpu_s = Usage::of(status)?.cpu_s_since(&before);
    let answers_ms = answers_ms(&Account::read(&ledger_path)?);
    std::fs::remove_file(&ledger_path)?;
    Ok(Sustained {
        spans_per_s: spans as f64 / elapsed_s,
        resends: progress.resends.load(Ordering::Relaxed),
        rejected: progress.rejected.load(Ordering::Relaxed),
        answer_p50_ms: at(&answers_ms, 0.5),
        answer_p99_ms: at(&answers_ms, 0.99),
        cpu_us_per_span: cpu_s * 1e6 / spans.max(1) as f64,
        pss_peak_mib,
        all_billed_after,
    })
}

fn reader(status: &Status, tenant: &Tenant) -> anyhow::Result<Reader> {
    let edge_url = format!("http://{}", status.edge_addr);
    Reader::new(&edge_url, tenant.apm.host(), tenant.console.host(), &tenant.token, &tenant.project)
}

fn answers_ms(account: &Account) -> Vec<f64> {
    let answers = account.requests.values().filter_map(|entry| match entry.outcome {
        Outcome::Acknowledged { ms, .. } => Some(ms),
        _ => None,
    });
    let mut answers: Vec<f64> = answers.collect();
    answers.sort_by(f64::total_cmp);
    answers
}

/// The value at a quantile of sorted values; 0 of none.
pub(crate) fn at(sorted: &[f64], quantile: f64) -> f64 {
    let index = (sorted.len() as f64 * quantile) as usize;
    sorted.get(index.min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.0)
}
