//! `cargo xtask neighbour`: what one company notices while another, on the same stack, does what it should not.
//!
//! The one sends a little, looks at its live points and asks what a page asks, alone and then beside the other, which sends
//! fifty times as much, requests made to cost more than they weigh, and all the questions it can. Ends with an error when
//! the one was refused anything, or a process of the stack was restarted; how much slower it was is printed.

#![expect(clippy::print_stdout, reason = "a command line that prints figures")]

mod apart;
mod attack;
mod memory;
mod watch;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use anyhow::ensure;
use clap::Parser;
use naru_e2e::{Shape, Stack, Status, sign_up};

use crate::{apart::Hostile, watch::Watched};

/// Measure a quiet company beside a hostile one.
#[derive(Parser)]
struct Args {
    /// What the quiet company sends; the other sends fifty times as much.
    #[arg(long, default_value_t = 200)]
    spans_per_s: u32,
    /// Alone, and then beside the other.
    #[arg(long, default_value_t = 40)]
    seconds: u64,
    /// Measure the development build instead of the release build.
    #[arg(long)]
    debug: bool,
    /// Be the hostile company: what this program starts itself with.
    #[arg(long, hide = true)]
    hostile: bool,
}

const TIMES_AS_MUCH: u32 = 50;

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if args.hostile { apart::run() } else { measure(&args) }
}

#[tokio::main]
async fn measure(args: &Args) -> anyhow::Result<()> {
    let stack = Stack::start_build(Shape::OneProcess, &[], !args.debug)?;
    let status = stack.status()?;
    let quiet = sign_up(&status, "quiet-co").await?;
    let hostile = sign_up(&status, "hostile-co").await?;
    let watch = Duration::from_secs(args.seconds);
    let hostile = Hostile::new(&status, &hostile, args.spans_per_s * TIMES_AS_MUCH);
    // Both have something to look at, and what starts cold is warm.
    let over = Arc::new(AtomicBool::new(false));
    let load = apart::start(&Hostile { sends_only: true, ..hostile.clone() }, &over)?;
    watch::run(&status, &quiet, args.spans_per_s, watch / 2, &over).await?;
    load.await??;

    let over = Arc::new(AtomicBool::new(false));
    let memory = memory::peak_mib(&status, &over);
    let alone = watch::run(&status, &quiet, args.spans_per_s, watch, &over).await?;
    memory.await??;
    let (pids, over) = (pids(&stack.status()?), Arc::new(AtomicBool::new(false)));
    let attack = apart::start(&hostile, &over)?;
    let memory = memory::peak_mib(&status, &over);
    let beside = watch::run(&status, &quiet, args.spans_per_s, watch, &over).await?;
    let (attacked, pss_mib) = (attack.await??, memory.await??);
    print(&alone, &beside);
    println!("\nwhat the hostile company was answered:");
    for ((what, answer), times) in &attacked {
        println!("{what:32} {answer:>10} {times:>8}");
    }
    println!("\npeak memory then (sum of PSS): {pss_mib:.0} MiB");
    ensure!(pids == self::pids(&stack.status()?), "a process was restarted");
    ensure!(alone.refused + beside.refused == 0, "the quiet company was refused something");
    Ok(())
}

fn print(alone: &Watched, beside: &Watched) {
    println!("{:34} {:>10} {:>10} {:>7}   goal", "", "alone", "beside", "times");
    for ((what, quantile, alone_ms), (.., beside_ms)) in alone.figures().into_iter().zip(beside.figures()) {
        let times = beside_ms / alone_ms.max(0.1);
        println!("{what:28} p{quantile:<4} {alone_ms:>7.1} ms {beside_ms:>7.1} ms {times:>7.2}   ≤ 2");
    }
    println!("{:34} {:>10} {:>10} {:>7}   0", "refused", alone.refused, beside.refused, "");
}

fn pids(status: &Status) -> BTreeMap<String, Option<i32>> {
    let all = status.services.iter().chain(&status.dependencies);
    all.map(|(name, process)| (name.clone(), process.pid)).collect()
}
