//! Spans in: what they cost until all of them are stored and billed.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use anyhow::ensure;
use naru_e2e::{Stack, Status, Tenant, Usage, senders};
use naru_load::{
    corpus::{Corpus, Shape},
    drive::{Plan, Progress, drive, now_ms},
    fleet::Fleet,
    ledger::Ledger,
    read::Reader,
};

use crate::Args;

pub(crate) const SEED: u64 = 5;
const TRACES_PER_REQUEST: usize = 128;
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);
pub(crate) const STORED_WITHIN: Duration = Duration::from_secs(180);

pub(crate) struct Loaded {
    pub(crate) corpus: Arc<Corpus>,
    pub(crate) requests: u64,
    pub(crate) spans: u64,
    /// Protobuf bytes of them, before compression.
    pub(crate) raw_bytes: u64,
    /// When its requests began: Unix milliseconds, first to last.
    pub(crate) began_ms: std::ops::Range<u64>,
    /// Of every process of the stack, until the last span was committed and billed; not of merges, which are later.
    pub(crate) cpu_s: f64,
    /// Of the gateway's process; of all services in one process.
    pub(crate) gateway_cpu_s: f64,
    pub(crate) pss_peak_mib: f64,
    /// Traces that were stored without being sent.
    pub(crate) past: Vec<u128>,
}

/// The requests of `args`, and who sends them.
pub(crate) fn corpus(args: &Args) -> Arc<Corpus> {
    let shape =
        Shape { seed: SEED, traces_per_request: TRACES_PER_REQUEST, kind: args.corpus, ..Shape::default() };
    Arc::new(Corpus::of(shape))
}

/// Of one company, half over HTTP, half over gRPC.
pub(crate) fn fleet(status: &Status, tenant: &Tenant) -> anyhow::Result<Fleet> {
    Ok(Fleet::of_one(senders(status, &tenant.license_key, TIMEOUT)?))
}

/// `spans` at the rate of `args`.
pub(crate) fn plan(args: &Args, corpus: &Corpus, first_request: u64, spans: u64) -> Plan {
    Plan {
        first_request,
        requests_per_s: args.spans_per_s as f64 / corpus.items_per_request(),
        duration: Duration::from_secs_f64(spans as f64 / args.spans_per_s as f64),
        settle: Duration::from_secs(60),
    }
}

/// `tenant` has sent nothing yet.
pub(crate) async fn run(stack: &Stack, tenant: &Tenant, args: &Args) -> anyhow::Result<Loaded> {
    let status = stack.status()?;
    let corpus = corpus(args);
    let (fleet, plan) = (fleet(&status, tenant)?, plan(args, &corpus, 0, args.spans));
    let edge_url = format!("http://{}", status.edge_addr);
    let (apm, console) = (tenant.apm.host(), tenant.console.host());
    let reader = Reader::new(&edge_url, apm, console, &tenant.token, &tenant.project)?;
    let range = (now_ms() - 3_600_000, now_ms() + 7 * 86_400_000);
    let (before, gateway_before) = (Usage::of(&status)?, Usage::cpu_s_of(&status, "ingest")?);
    let progress = Arc::new(Progress::default());
    let began_ms = now_ms();
    let ledger = Arc::new(Ledger::nowhere());
    let load = tokio::spawn(drive(plan, Arc::clone(&corpus), fleet.into(), ledger, Arc::clone(&progress)));
    let mut pss_peak_mib: f64 = 0.0;
    while !load.is_finished() {
        pss_peak_mib = pss_peak_mib.max(Usage::of(&status)?.pss_mib);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    load.await??;
    let began_ms = began_ms..now_ms();
    let ended = Instant::now();
    let spans = progress.acknowledged_items.load(Ordering::Relaxed);
    while reader.billed_spans(range.0, range.1).await? < spans {
        ensure!(ended.elapsed() < STORED_WITHIN, "not all acknowledged spans are stored");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(Loaded {
        corpus,
        requests: progress.sent.load(Ordering::Relaxed),
        spans,
        raw_bytes: progress.acknowledged_bytes.load(Ordering::Relaxed),
        began_ms,
        cpu_s: Usage::of(&status)?.cpu_s_since(&before),
        gateway_cpu_s: Usage::cpu_s_of(&status, "ingest")? - gateway_before,
        pss_peak_mib,
        past: Vec::new(),
    })
}
