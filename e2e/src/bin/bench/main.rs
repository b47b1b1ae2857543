//! `cargo xtask bench`: the figures the lake is judged by, over the public API of a stack of its own.
//!
//! CPU seconds and bytes per span, not wall-clock throughput: they mean the same on another machine. Every process of the
//! stack is counted, its supervisor and those that have ended included; the generator is not.

#![expect(clippy::print_stdout, reason = "a command line that prints figures")]

mod backlog;
mod cold;
mod day;
mod growth;
mod load;
mod merged;
mod pace;
mod past;
mod reads;
mod restart;
mod results;
mod row;
mod trickle;

use anyhow::ensure;
use clap::Parser;
use naru_e2e::{Client, Shape, Stack, Tenant, freshness, sign_up};
use naru_load::corpus::Kind;

use crate::{
    load::Loaded,
    pace::Pace,
    row::{
        BYTES, FRESHNESS, GATEWAY, GROWTH, INGEST, MEMORY, Measured, Part, RED, RESTART, ROWS, TRACE_COLD,
        TRACE_WARM,
    },
};

/// Measure the lake on stacks of its own.
#[derive(Clone, Parser)]
struct Args {
    /// Rows of these; a stack of its own for the gateway, one for all others.
    #[arg(value_enum, default_value = "all")]
    parts: Vec<Part>,
    /// How many spans to store first: 1e5 to try it, 1e7 for figures.
    #[arg(long, default_value = "1e6", value_parser = count)]
    spans: u64,
    /// Search traces among so many besides, of the fourteen days before: 1e8 for figures.
    #[arg(long, value_parser = count)]
    past: Option<u64>,
    #[arg(long, default_value_t = 50_000)]
    spans_per_s: u64,
    #[arg(long, value_enum, default_value = "shop")]
    corpus: Kind,
    /// One JSON object per row.
    #[arg(long)]
    json: bool,
    /// Write infra/bench/RESULTS.md, too. All rows at once, so that they are of one build.
    #[arg(long)]
    save: bool,
    /// Measure the development build instead of the release build.
    #[arg(long)]
    debug: bool,
}

/// Single traces timed.
const PROBES: u64 = 100;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    ensure!(!args.save || args.parts.contains(&Part::All), "--save writes every row: ask for all of them");
    let (mut measured, mut notes, before) = (Vec::new(), Vec::new(), Pace::now());
    if ROWS.iter().any(|row| row.is_wanted(&args.parts) && *row != GATEWAY) {
        measured.extend(in_one_process(&args, &mut notes).await?);
    }
    if GATEWAY.is_wanted(&args.parts) {
        measured.push(gateway(&args, &mut notes).await?);
    }
    if args.parts.contains(&Part::Growth) {
        measured.extend(growth::of_spans(&args, &mut notes).await?);
    }
    if args.parts.contains(&Part::Companies) {
        measured.push(growth::of_companies(&args, &mut notes).await?);
    }
    let after = Pace::now();
    notes.push(format!(
        "On one thread the same arithmetic took {:.0} ms before all this and {:.0} ms after it, the same walk through \
         memory {:.0} ms and {:.0} ms.",
        before.arithmetic_ms, after.arithmetic_ms, before.memory_ms, after.memory_ms
    ));
    let growth = GROWTH.into_iter().filter(|row| args.parts.contains(&row.part));
    let wanted = ROWS.into_iter().filter(|row| row.is_wanted(&args.parts)).chain(growth);
    let value =
        |row| measured.iter().find(|measured| measured.row == row).and_then(|measured| measured.value);
    let table: Vec<Measured> = wanted.map(|row| Measured { row, value: value(row) }).collect();
    println!("{}", if args.json { results::json(&table) } else { results::text(&table, &notes) });
    if args.save {
        let path = results::save(&table, &notes, args.spans, args.debug)?;
        eprint_path(&path);
    }
    Ok(())
}

/// Everything but what needs the gateway apart.
async fn in_one_process(args: &Args, notes: &mut Vec<String>) -> anyhow::Result<Vec<Measured>> {
    let stack = Stack::start_build(Shape::OneProcess, &merged::NEVER, !args.debug)?;
    let status = stack.status()?;
    let tenant = sign_up(&status, "bench-co").await?;
    let mut measured = Vec::new();
    // Of somebody else: the load's bill is its account.
    let prober = sign_up(&status, "probe-co").await?;
    let fresh = async {
        let probes = if FRESHNESS.is_wanted(&args.parts) { PROBES } else { 0 };
        freshness::by_trace(&status, &query(&stack, &prober)?, &prober, probes).await
    };
    let (loaded, fresh) = tokio::try_join!(load::run(&stack, &tenant, args), fresh)?;
    measured.push(FRESHNESS.at(fresh.quantile_ms(0.99)));
    if args.parts == [Part::Freshness] {
        return Ok(measured);
    }
    measured.extend([INGEST.at(loaded.spans as f64 / loaded.cpu_s), MEMORY.at(loaded.pss_peak_mib)]);
    if RESTART.is_wanted(&args.parts) {
        measured.push(RESTART.at(restart::seconds(&stack, &tenant).await?));
    }
    if args.parts.iter().all(|part| matches!(part, Part::Ingest | Part::Memory | Part::Restart)) {
        return Ok(measured);
    }
    let merging_cpu_s = merged::all(&stack).await?;
    let bytes = merged::bytes(&stack, &tenant).await?;
    measured.push(BYTES.at(bytes as f64 / loaded.spans as f64));
    let share = bytes as f64 * 100.0 / loaded.raw_bytes as f64;
    notes.push(format!("Stored bytes are {share:.1} % of the protobuf bytes that were sent (goal: 8 %)."));
    let us_per_span = merging_cpu_s * 1e6 / loaded.spans as f64;
    let with_merges = loaded.spans as f64 / (loaded.cpu_s + merging_cpu_s);
    notes.push(format!(
        "Cuts were merged after the load: with a restart it took {us_per_span:.1} µs of CPU a span. Ingest and \
         merging together are {with_merges:.0} spans/CPU-s."
    ));
    // Only now: its names and rows are nobody's bytes a span.
    let day = if RED.is_wanted(&args.parts) { Some(day::load(&stack, args).await?) } else { None };
    let past = match args.past {
        Some(spans) if TRACE_WARM.is_wanted(&args.parts) => Some(past::write(&stack, &tenant, spans, notes)?),
        _ => None,
    };
    if day.is_some() || past.is_some() {
        merged::all(&stack).await?;
    }
    let loaded = Loaded { past: past.unwrap_or_default(), ..loaded };
    measured.extend(reads::run(&stack, &tenant, &loaded, args, notes).await?);
    if let Some(day) = day {
        measured.push(RED.at(reads::red(&stack, &day, notes).await?));
    }
    if TRACE_COLD.is_wanted(&args.parts) {
        measured.push(TRACE_COLD.at(cold::traces(&stack, &tenant, &loaded).await?));
    }
    Ok(measured)
}

/// Query past the proxy.
fn query(stack: &Stack, tenant: &Tenant) -> anyhow::Result<Client> {
    // Port 8 of the block.
    let query = Client::new(&format!("http://127.0.0.1:{}", stack.port(8)), tenant.apm.host())?;
    Ok(query.with_token(&tenant.token))
}

/// The gateway's own CPU, which only a process of its own shows.
async fn gateway(args: &Args, notes: &mut Vec<String>) -> anyhow::Result<Measured> {
    let stack = Stack::start_build(Shape::Split, &[], !args.debug)?;
    let tenant = sign_up(&stack.status()?, "bench-co").await?;
    let loaded = load::run(&stack, &tenant, args).await?;
    let times = backlog::times_live_rate(&stack, &tenant, &loaded, args).await?;
    notes.push(format!(
        "What came in while the writer was away was drained at {times:.1} times the rate it came at."
    ));
    Ok(GATEWAY.at(loaded.spans as f64 / loaded.gateway_cpu_s))
}

/// `1e6`, `1_000_000` or `1000000`.
fn count(text: &str) -> Result<u64, String> {
    let number: f64 = text.replace('_', "").parse().map_err(|_| format!("`{text}` is no number"))?;
    if (1e4..=1e9).contains(&number) { Ok(number as u64) } else { Err("1e4 to 1e9 spans".to_owned()) }
}

#[expect(clippy::print_stderr, reason = "beside the rows, which may be read by a program")]
fn eprint_path(path: &std::path::Path) {
    eprintln!("written to {}", path.display());
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn a_count_is_written_as_people_write_it() {
        assert_eq!(count("1e6"), Ok(1_000_000));
        assert_eq!(count("100_000"), Ok(100_000));
        assert!(count("many").is_err() && count("5").is_err());
    }
}
