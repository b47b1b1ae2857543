//! Prints how far the path reaches on this machine: time to first span, freshness, throughput, memory, idle CPU.
//!
//! Starts a stack of its own (release build) and measures from outside, as a user would. It judges nothing: the
//! figures and their goals are printed side by side.

#![expect(clippy::print_stdout, reason = "a command line that prints figures")]

mod sustained;

use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;
use naru_e2e::{Shape, Stack, Status, Tenant, Usage, freshness, sign_up};
use naru_load::{
    corpus::Corpus,
    drive::now_ms,
    send::{Answer, HttpSender, Sender},
};

/// Measure the whole path on a stack of its own.
#[derive(Parser)]
struct Args {
    /// Spans a second to offer: a little more than the goal of 50,000.
    #[arg(long, default_value_t = 51_000)]
    spans_per_s: u64,
    /// How long to sustain them.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// How long to watch the idle stack, and the demo.
    #[arg(long, default_value_t = 30)]
    watch_seconds: u64,
    /// Measure the development build instead of the release build.
    #[arg(long)]
    debug: bool,
}

/// Single traces timed, on the idle stack and under load.
const PROBES: u64 = 100;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let stack = Stack::start_build(Shape::OneProcess, &[], !args.debug)?;
    let status = stack.status()?;
    print_row("figure", "measured", "goal");

    let (tenant, to_first_span) = sign_up_to_first_span(&status).await?;
    print_row("sign-up to first span, by script", &format!("{:.2} s", to_first_span.as_secs_f64()), "≤ 20 s");

    let fresh = freshness::after_answer(&status, &tenant, PROBES).await?;
    print_row("visible live after the gateway's 2xx, p50 / p95 / max", &fresh.to_string(), "≤ 2 s");

    let before = Usage::of(&status)?;
    tokio::time::sleep(Duration::from_secs(args.watch_seconds)).await;
    let idle = Usage::of(&status)?.cpu_s_since(&before) / args.watch_seconds as f64;
    print_row("idle CPU, all processes", &format!("{:.2} % of a core", idle * 100.0), "≤ 2 %");

    // One whose bill begins with this load, and somebody else, with few requests, who must not notice.
    let busy = sign_up(&status, "busy-co").await?;
    let neighbour = sign_up(&status, "neighbour-co").await?;
    let (sustained, fresh) = tokio::join!(
        sustained::run(&status, &busy, args.spans_per_s, args.seconds),
        freshness::after_answer(&status, &neighbour, PROBES),
    );
    let (sustained, fresh) = (sustained?, fresh?);
    print_row("sustained, acknowledged", &format!("{:.0} spans/s", sustained.spans_per_s), "≥ 50000 spans/s");
    print_row(
        "all of them stored and billed after the last answer",
        &format!("{:.1} s", sustained.all_billed_after.as_secs_f64()),
        "",
    );
    print_row("another tenant's span visible live then, p50 / p95 / max", &fresh.to_string(), "≤ 2 s");
    print_row(
        "resends and rejections then",
        &format!("{} and {}", sustained.resends, sustained.rejected),
        "0 and 0",
    );
    print_row(
        "answer p50 / p99 then",
        &format!("{:.0} / {:.0} ms", sustained.answer_p50_ms, sustained.answer_p99_ms),
        "",
    );
    print_row("CPU of all processes then", &format!("{:.2} µs/span", sustained.cpu_us_per_span), "");
    print_row("peak memory then (sum of PSS)", &format!("{:.0} MiB", sustained.pss_peak_mib), "≤ 1229 MiB");

    stack.demo_start()?;
    let demo = freshness::of_demo(&stack, Duration::from_secs(args.watch_seconds)).await?;
    print_row("visible live after a demo request ended, p50 / p95 / max", &demo.to_string(), "p95 ≤ 2.5 s");
    Ok(())
}

/// From the first request of a stranger to their own span in the list.
async fn sign_up_to_first_span(status: &Status) -> anyhow::Result<(Tenant, Duration)> {
    let started = Instant::now();
    let tenant = sign_up(status, "reach-co").await?;
    let body = Corpus::new(1, 1).body(0, now_ms());
    let sender = HttpSender::new(&status.otlp_http, &tenant.license_key, Duration::from_secs(10))?;
    let answer = Sender::Http(sender).send(&body).await;
    anyhow::ensure!(answer == Answer::Acknowledged, "the first span was not accepted: {answer:?}");
    let apm = tenant.apm.with_token(&tenant.token);
    let path = format!(
        "/api/v1/projects/{}/transactions?from={}&to={}",
        tenant.project,
        now_ms() - 600_000,
        now_ms() + 60_000
    );
    loop {
        let list = apm.get(&path).await?.json()?;
        let is_there = !list["transactions"].as_array().context("a list of transactions")?.is_empty();
        if is_there {
            return Ok((tenant, started.elapsed()));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn print_row(figure: &str, measured: &str, goal: &str) {
    println!("{figure:58} {measured:>32}   {goal}");
}
