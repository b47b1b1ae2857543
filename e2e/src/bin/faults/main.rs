//! `cargo xtask faults`: does to split stacks under load what can go wrong with them, and compares what clients were told
//! with what is stored and billed. Ends with an error when one item is lost, or stored or billed twice.

#![expect(clippy::print_stdout, reason = "a command line that says what it does")]

use std::time::Duration;

use anyhow::ensure;
use clap::Parser;
use naru_e2e::faults::{self, Campaign, Traffic, Trial};
use naru_load::drive::now_ms;

/// Kill everything under load, and count.
#[derive(Parser)]
struct Args {
    /// At least so many items are acknowledged while processes are killed, eight tenths of them spans, the rest data points
    /// and log records: 1e5 to try it, 1e6 and more for figures.
    #[arg(long, default_value_t = 1e6)]
    items: f64,
    /// At least so many kills, each process as often as the others.
    #[arg(long, default_value_t = 100)]
    kills: usize,
    #[arg(long, default_value_t = 2_000)]
    items_per_s: u32,
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
    let traffic = Traffic { seed, requests_per_s: 1.0, traces_per_request: TRACES_PER_REQUEST };
    let requests_per_s = f64::from(args.items_per_s) / traffic.corpus().items_per_request();
    let traffic = Traffic { requests_per_s, ..traffic };
    let within = Duration::from_secs(args.minutes_max * 60);
    let campaign = Campaign {
        traffic: traffic.clone(),
        kills_min: args.kills,
        items_min: args.items as u64,
        within,
        is_release: !args.debug,
    };
    let say = |line: &str| println!("{line}");
    let report = faults::kills(&campaign, say).await?;
    println!("{report}");
    ensure!(report.compared.holds(), "the promise is broken: seed {seed}");
    let compared = faults::troubles(&Trial { traffic, within, is_release: !args.debug }, say).await?;
    println!("{compared}");
    ensure!(compared.holds(), "the promise is broken: seed {seed}");
    Ok(())
}
