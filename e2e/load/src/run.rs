//! `naru-load run`.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use anyhow::{Context, ensure};
use naru_load::{
    corpus::{Corpus, Kind, Shape, Signal},
    drive::{Plan, Progress, drive},
    fleet::Fleet,
    ledger::{Account, Ledger, Line},
    send::{Compression, GrpcSender, HttpSender, Sender},
};

use crate::Format;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// OTLP/HTTP endpoint, such as http://127.0.0.1:4318.
    #[arg(long)]
    http: Option<String>,
    /// OTLP/gRPC endpoint, such as http://127.0.0.1:4317. With both, they take turns.
    #[arg(long)]
    grpc: Option<String>,
    #[arg(long, value_enum, default_value = "gzip")]
    compression: Compression,
    /// File with one license key per line; a key on the command line would show in the process list. Without it no key
    /// is sent, as other servers have it.
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// How unequal tenants are: the n-th sends a share of 1 / n^zipf.
    #[arg(long, default_value_t = 1.1)]
    zipf: f64,
    /// Needed for `verify`. Each line is on disk before its request leaves.
    #[arg(long)]
    ledger: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "shop")]
    corpus: Kind,
    /// Metrics and logs take a tenth of all requests each.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "traces")]
    signals: Vec<Signal>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Traces in a request, about 8 spans each.
    #[arg(long, default_value_t = 64)]
    traces_per_request: usize,
    /// Spans, data points and log records.
    #[arg(long, default_value_t = 2_000)]
    spans_per_s: u64,
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How long to wait for one answer, and after the last send for all.
    #[arg(long, default_value_t = 60)]
    settle_seconds: u64,
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    ensure!(args.signals.contains(&Signal::Traces), "traces are always among the signals");
    let shape = Shape {
        seed: args.seed,
        traces_per_request: args.traces_per_request,
        kind: args.corpus,
        with_metrics: args.signals.contains(&Signal::Metrics),
        with_logs: args.signals.contains(&Signal::Logs),
    };
    let fleet = Arc::new(fleet(&args)?);
    let (ledger, first_request) = match &args.ledger {
        Some(path) if path.exists() => (Ledger::open(path)?, continued(path, &shape)?),
        Some(path) => (Ledger::open(path)?, 0),
        None => (Ledger::nowhere(), 0),
    };
    ledger.write(&Line::Corpus(shape.clone()))?;
    let corpus = Arc::new(Corpus::of(shape));
    let plan = Plan {
        first_request,
        requests_per_s: args.spans_per_s as f64 / corpus.items_per_request(),
        duration: Duration::from_secs(args.seconds),
        settle: Duration::from_secs(args.settle_seconds),
    };
    let progress = Arc::new(Progress::default());
    drive(plan, corpus, fleet, Arc::new(ledger), Arc::clone(&progress)).await?;
    report(&progress, args.format);
    Ok(())
}

fn fleet(args: &Args) -> anyhow::Result<Fleet> {
    let timeout = Duration::from_secs(args.settle_seconds);
    let mut senders = Vec::new();
    if let Some(endpoint) = &args.http {
        senders.push(Sender::Http(HttpSender::anonymous(endpoint, args.compression, timeout)?));
    }
    if let Some(endpoint) = &args.grpc {
        senders.push(Sender::Grpc(GrpcSender::anonymous(endpoint, args.compression, timeout)?));
    }
    ensure!(!senders.is_empty(), "nowhere to send: give --http, --grpc or both");
    let Some(path) = &args.key_file else { return Ok(Fleet::of_one(senders)) };
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let keys: Vec<String> =
        text.lines().map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned).collect();
    ensure!(!keys.is_empty(), "{} holds no key", path.display());
    Fleet::of_tenants(&senders, &keys, args.zipf, args.seed)
}

/// One account holds several runs of one corpus; its ids follow from the shape and the number.
fn continued(path: &Path, shape: &Shape) -> anyhow::Result<u64> {
    let account = Account::read(path)?;
    ensure!(account.requests.is_empty() || account.shape == *shape, "the ledger is of another corpus");
    Ok(account.next_request())
}

fn report(progress: &Progress, format: Format) {
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let (sent, items) = (count(&progress.sent), count(&progress.acknowledged_items));
    let (rejected, resends) = (count(&progress.rejected), count(&progress.resends));
    let (held_back, bytes) = (count(&progress.held_back), count(&progress.acknowledged_bytes));
    match format {
        Format::Text => {
            println!("{sent} requests sent, {items} items acknowledged ({bytes} bytes of OTLP)");
            println!("{rejected} requests rejected, {resends} resends, {held_back} held back");
            println!("answers after they were due: {}", progress.latency);
        }
        Format::Json => {
            let [p50, p99, max] = [0.5, 0.99, 1.0].map(|quantile| progress.latency.quantile_ms(quantile));
            println!(
                "{}",
                serde_json::json!({
                    "requests": sent, "acknowledged": items, "bytes": bytes, "rejected": rejected,
                    "resends": resends, "held_back": held_back, "p50_ms": p50, "p99_ms": p99, "max_ms": max,
                })
            );
        }
    }
}
