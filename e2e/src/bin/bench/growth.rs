//! Whether more costs more: CPU per span and a trace by its id as spans grow, CPU per span as companies do. The first merge
//! of every cut counts; those of merged segments come a minute later, so only longer loads have some.

use std::{
    net::Ipv4Addr,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use anyhow::ensure;
use naru_e2e::{Shape, Stack, Usage, faults::lake, senders, sign_up, sign_up_sender};
use naru_load::{
    drive::{Progress, drive},
    fleet::Fleet,
    ledger::Ledger,
};

use crate::{
    Args,
    load::{self, Loaded},
    merged, past,
    reads::Asker,
    row::{GROWTH_COMPANIES, GROWTH_SPANS, GROWTH_TRACE, Measured},
};

const FEW: u64 = 1_000_000;
const COMPANIES: u16 = 1_000;
/// The n-th company sends a share of 1 / n.
const ZIPF: f64 = 1.0;
/// So that few spans, too, are several cuts, and nobody need wait five minutes for a merge.
const SOON: [(&str, &str); 2] =
    [("NARU_WRITER_CUT_INTERVAL_MS", "10000"), ("NARU_WRITER_COMPACT_AFTER_MS", "5000")];

struct Figures {
    cpu_us_per_span: f64,
    trace_ms: f64,
}

/// The spans of `args` against a million, both of one company.
pub(crate) async fn of_spans(args: &Args, notes: &mut Vec<String>) -> anyhow::Result<Vec<Measured>> {
    ensure!(
        args.spans >= 10 * FEW,
        "against {FEW} spans, growth is measured with ten times as many: --spans 1e7"
    );
    let few = of_one(args, FEW, None, notes).await?;
    let many = of_one(args, args.spans, args.past, notes).await?;
    let spans = args.spans + args.past.unwrap_or(0);
    notes.push(format!(
        "One company: {:.1} µs of CPU a span and {:.1} ms a trace at {FEW} spans, {:.1} µs at {} and {:.1} ms among {spans}.",
        few.cpu_us_per_span, few.trace_ms, many.cpu_us_per_span, args.spans, many.trace_ms,
    ));
    Ok(vec![
        GROWTH_SPANS.at(percent(many.cpu_us_per_span, few.cpu_us_per_span)),
        GROWTH_TRACE.at(percent(many.trace_ms, few.trace_ms)),
    ])
}

/// The spans of `args` of a thousand companies against as many of one. Cuts and merges come as often as they do by default:
/// what a company costs, it costs each time, so that the figure is of a load of minutes.
pub(crate) async fn of_companies(args: &Args, notes: &mut Vec<String>) -> anyhow::Result<Measured> {
    ensure!(args.spans >= 10 * FEW, "what {COMPANIES} companies cost is measured over minutes: --spans 1e7");
    let one_us = cpu_us_per_span(args, 1).await?;
    let many_us = cpu_us_per_span(args, COMPANIES).await?;
    notes.push(format!(
        "Of {} spans, {one_us:.1} µs of CPU a span of one company, {many_us:.1} µs of {COMPANIES}.",
        args.spans
    ));
    Ok(GROWTH_COMPANIES.at(percent(many_us, one_us)))
}

fn percent(many: f64, few: f64) -> f64 {
    many * 100.0 / few
}

async fn of_one(
    args: &Args,
    spans: u64,
    past: Option<u64>,
    notes: &mut Vec<String>,
) -> anyhow::Result<Figures> {
    let stack = Stack::start_build(Shape::OneProcess, &SOON, !args.debug)?;
    let status = stack.status()?;
    let tenant = sign_up(&status, "bench-co").await?;
    let before = Usage::of(&status)?;
    let loaded = load::run(&stack, &tenant, &Args { spans, ..args.clone() }).await?;
    merged::wait(&stack).await?;
    let cpu_s = Usage::of(&status)?.cpu_s_since(&before);
    let past = past.map(|spans| past::write(&stack, &tenant, spans, notes)).transpose()?;
    let loaded = Loaded { past: past.unwrap_or_default(), ..loaded };
    let trace_ms = Asker::new(&stack, &tenant, 7)?.traces_again(&loaded).await?;
    Ok(Figures { cpu_us_per_span: cpu_s * 1e6 / loaded.spans as f64, trace_ms })
}

async fn cpu_us_per_span(args: &Args, companies: u16) -> anyhow::Result<f64> {
    let stack = Stack::start_build(Shape::OneProcess, &[], !args.debug)?;
    let status = stack.status()?;
    let mut keys = Vec::new();
    for number in 0..companies {
        // Sign-ups of one address are limited.
        let [high, low] = number.to_be_bytes();
        let address = Ipv4Addr::new(127, 1, high, low);
        keys.push(sign_up_sender(&status, &format!("bench-{number}"), address).await?);
    }
    let corpus = load::corpus(args);
    let fleet = Fleet::of_tenants(&senders(&status, &keys[0], load::TIMEOUT)?, &keys, ZIPF, load::SEED)?;
    let plan = load::plan(args, &corpus, 0, args.spans);
    let progress = Arc::new(Progress::default());
    let before = Usage::of(&status)?;
    drive(plan, corpus, fleet.into(), Arc::new(Ledger::nowhere()), Arc::clone(&progress)).await?;
    let spans = progress.acknowledged_items.load(Ordering::Relaxed);
    let (lake, ended) = (lake(&stack).await?, Instant::now());
    while lake.committed_of_all().await? < spans {
        ensure!(ended.elapsed() < load::STORED_WITHIN, "not all acknowledged spans are stored");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    merged::wait(&stack).await?;
    Ok(Usage::of(&status)?.cpu_s_since(&before) * 1e6 / spans as f64)
}
