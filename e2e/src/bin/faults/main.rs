//! `cargo xtask faults`: kills every process of a split stack under load, again and again, and compares what clients were
//! told with what is stored and billed. Ends with an error when one span is lost, or stored or billed twice.

#![expect(clippy::print_stdout, reason = "a command line that says what it does")]

use std::time::Duration;

use anyhow::ensure;
use clap::Parser;
use naru_e2e::faults::{self, Campaign};
use naru_load::{corpus::Corpus, drive::now_ms};

/// Kill everything under load, and count.
#[derive(Parser)]
struct Args {
    /// At least so many spans are acknowledged: 1e5 to try it, 1e6 and more for figures.
    #[arg(long, default_value_t = 1e6)]
    spans: f64,
    /// At least so many kills, each process as often as the others.
    #[arg(long, default_value_t = 100)]
    kills: usize,
    #[arg(long, default_value_t = 2_000)]
    spans_per_s: u32,
    /// Less than that is a failure.
    #[arg(long, default_value_t = 40)]
    minutes_max: u64,
    /// Of the corpus and of who dies when; from the clock when it is not given.
    #[arg(long)]
    seed: Option<u64>,
    /// Kill the development build instead of the release build.
    #[arg(long)]
    debug: bool,
}

const TRACES_PER_REQUEST: usize = 64;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let seed = args.seed.unwrap_or_else(now_ms);
    println!("seed {seed}");
    let spans_per_request = Corpus::new(seed, TRACES_PER_REQUEST).items_per_request();
    let campaign = Campaign {
        seed,
        kills_min: args.kills,
        spans_min: args.spans as u64,
        within: Duration::from_secs(args.minutes_max * 60),
        requests_per_s: f64::from(args.spans_per_s) / spans_per_request,
        traces_per_request: TRACES_PER_REQUEST,
        is_release: !args.debug,
    };
    let report = faults::run(&campaign, |line| println!("{line}")).await?;
    println!("{report}");
    ensure!(report.holds(), "the promise is broken: seed {seed}");
    Ok(())
}
