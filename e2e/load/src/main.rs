//! `naru-load run` sends, `naru-load verify` judges.

use std::{path::PathBuf, sync::Arc, sync::atomic::Ordering, time::Duration};

use anyhow::ensure;
use clap::{Parser, Subcommand, ValueEnum};
use naru_load::{
    corpus::Corpus,
    drive::{Plan, Progress, drive, now_ms},
    ledger::{Account, Ledger, Line},
    oracle::judge,
    read::Reader,
    send::{GrpcSender, HttpSender, Sender},
};

/// A seeded OTLP load with a ledger, and the oracle that reads it.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Send the corpus at a steady rate; any OTLP endpoint will do.
    Run(Run),
    /// Compare a ledger with what the query API shows.
    Verify(Verify),
}

#[derive(clap::Args)]
struct Run {
    /// OTLP/HTTP endpoint, such as http://127.0.0.1:4318.
    #[arg(long)]
    http: Option<String>,
    /// OTLP/gRPC endpoint, such as http://127.0.0.1:4317.
    #[arg(long)]
    grpc: Option<String>,
    /// File with the license key; a key on the command line would show in the process list.
    #[arg(long)]
    key_file: PathBuf,
    #[arg(long)]
    ledger: PathBuf,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Traces in a request, about 8 spans each.
    #[arg(long, default_value_t = 64)]
    traces_per_request: usize,
    #[arg(long, default_value_t = 2_000)]
    spans_per_s: u64,
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

#[derive(clap::Args)]
struct Verify {
    #[arg(long)]
    ledger: PathBuf,
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    edge: String,
    #[arg(long)]
    apm_host: String,
    #[arg(long)]
    console_host: String,
    #[arg(long)]
    token_file: PathBuf,
    #[arg(long)]
    project: String,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Run(args) => run(args).await,
        Command::Verify(args) => verify(args).await,
    }
}

#[expect(clippy::print_stdout, reason = "a command line")]
async fn run(args: Run) -> anyhow::Result<()> {
    let key = std::fs::read_to_string(&args.key_file)?.trim().to_owned();
    let timeout = Duration::from_secs(10);
    let mut senders = Vec::new();
    if let Some(endpoint) = &args.http {
        senders.push(Sender::Http(HttpSender::new(endpoint, &key, timeout)?));
    }
    if let Some(endpoint) = &args.grpc {
        senders.push(Sender::Grpc(GrpcSender::new(endpoint, &key, timeout)?));
    }
    ensure!(!senders.is_empty(), "nowhere to send: give --http, --grpc or both");
    let first_request = if args.ledger.exists() { Account::read(&args.ledger)?.next_request() } else { 0 };
    let ledger = Arc::new(Ledger::open(&args.ledger)?);
    ledger.write(&Line::Corpus { seed: args.seed, traces_per_request: args.traces_per_request })?;
    let corpus = Arc::new(Corpus::new(args.seed, args.traces_per_request));
    let spans_per_request = f64::from(corpus.body(0, now_ms()).spans);
    let plan = Plan {
        first_request,
        requests_per_s: args.spans_per_s as f64 / spans_per_request,
        duration: Duration::from_secs(args.seconds),
        settle: Duration::from_secs(60),
    };
    let progress = Arc::new(Progress::default());
    drive(plan, corpus, Arc::new(senders), ledger, Arc::clone(&progress)).await?;
    println!(
        "{} requests sent, {} spans acknowledged, {} requests rejected, {} resends",
        progress.sent.load(Ordering::Relaxed),
        progress.acknowledged_spans.load(Ordering::Relaxed),
        progress.rejected.load(Ordering::Relaxed),
        progress.resends.load(Ordering::Relaxed),
    );
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command line")]
async fn verify(args: Verify) -> anyhow::Result<()> {
    let account = Account::read(&args.ledger)?;
    let corpus = Corpus::new(account.seed, account.traces_per_request);
    let token = std::fs::read_to_string(&args.token_file)?;
    let reader = Reader::new(&args.edge, &args.apm_host, &args.console_host, token.trim(), &args.project)?;
    let first_ms = account.requests.values().map(|entry| entry.base_ms).min().unwrap_or(0);
    let found = reader.entry_spans(first_ms.saturating_sub(60_000), now_ms() + 60_000).await?;
    let verdict = judge(&account, &corpus, &found, true);
    match args.format {
        Format::Text => println!("entry spans through the API: {verdict}"),
        Format::Json => println!(
            "{}",
            serde_json::json!({"acknowledged": verdict.acknowledged, "lost": verdict.lost, "doubled": verdict.doubled, "strangers": verdict.strangers})
        ),
    }
    ensure!(verdict.holds(), "the ledger and the API disagree");
    Ok(())
}
