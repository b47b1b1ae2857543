//! A steady load for a minute: what is acknowledged, how fast, at what cost, and whether all of it gets stored.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use anyhow::ensure;
use naru_e2e::{Status, Tenant, Usage, senders};
use naru_load::{
    corpus::Corpus,
    drive::{Plan, Progress, drive, now_ms},
    fleet::Fleet,
    ledger::Ledger,
    read::Reader,
};

const SEED: u64 = 5;
const TRACES_PER_REQUEST: usize = 128;
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

/// `tenant` has sent nothing yet.
pub(crate) async fn run(
    status: &Status,
    tenant: &Tenant,
    spans_per_s: u64,
    seconds: u64,
) -> anyhow::Result<Sustained> {
    let corpus = Corpus::new(SEED, TRACES_PER_REQUEST);
    let timeout = Duration::from_secs(30);
    let senders = senders(status, &tenant.license_key, timeout)?;
    let plan = Plan {
        first_request: 0,
        requests_per_s: spans_per_s as f64 / corpus.items_per_request(),
        duration: Duration::from_secs(seconds),
        settle: Duration::from_secs(30),
    };
    let reader = reader(status, tenant)?;
    let first_ms = now_ms() - 3_600_000;
    let before = Usage::of(status)?;
    let progress = Arc::new(Progress::default());
    let started = Instant::now();
    // The bill is the account here.
    let (fleet, ledger) = (Fleet::of_one(senders), Ledger::nowhere());
    let load = drive(plan, Arc::new(corpus), Arc::new(fleet), Arc::new(ledger), Arc::clone(&progress));
    let load = tokio::spawn(async move { load.await.map(|()| Instant::now()) });
    let mut pss_peak_mib: f64 = 0.0;
    while !load.is_finished() {
        pss_peak_mib = pss_peak_mib.max(Usage::of(status)?.pss_mib);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let ended = load.await??;
    let elapsed_s = ended.duration_since(started).as_secs_f64();
    let spans = progress.acknowledged_items.load(Ordering::Relaxed);
    while reader.billed_spans(first_ms, now_ms() + 3_600_000).await? != spans {
        ensure!(ended.elapsed() < STORED_WITHIN, "not all acknowledged spans are billed, or more than those");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let all_billed_after = ended.elapsed();
    let cpu_s = Usage::of(status)?.cpu_s_since(&before);
    Ok(Sustained {
        spans_per_s: spans as f64 / elapsed_s,
        resends: progress.resends.load(Ordering::Relaxed),
        rejected: progress.rejected.load(Ordering::Relaxed),
        answer_p50_ms: progress.latency.quantile_ms(0.5),
        answer_p99_ms: progress.latency.quantile_ms(0.99),
        cpu_us_per_span: cpu_s * 1e6 / spans.max(1) as f64,
        pss_peak_mib,
        all_billed_after,
    })
}

fn reader(status: &Status, tenant: &Tenant) -> anyhow::Result<Reader> {
    let edge_url = format!("http://{}", status.edge_addr);
    Reader::new(&edge_url, tenant.apm.host(), tenant.console.host(), &tenant.token, &tenant.project)
}
