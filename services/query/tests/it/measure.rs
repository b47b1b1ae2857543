//! How long questions take at query's port, over days of merged segments and a live tail. Prints, and asserts no times:
//!
//! ```text
//! NARU_MEASURE_DAYS=14 NARU_MEASURE_SPANS=300000 cargo test --workspace --test it -- --ignored how_long --nocapture
//! ```

mod corpus;

use std::time::Instant;

use naru_signal::{Signal, Table};

use crate::world::{Span, Tenant, World, trace_id};
use corpus::{Corpus, DAY_MS, FIRST_DAY_MS};

/// Spans handed to the writer at a time.
const BATCH_SPANS: u64 = 50_000;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// `days` days of `spans` spans, each merged into one segment, and a few minutes in the tail.
async fn fill(world: &World, tenant: &Tenant, days: u64, spans: u64) {
    for day in 0..days {
        let mut corpus = Corpus::of_day(day, spans);
        for _ in 0..spans.div_ceil(BATCH_SPANS) {
            world.writer.append_batch(tenant, Table::Spans, corpus.next(BATCH_SPANS));
            world.writer.cut(tenant).await;
        }
    }
    world.writer.merge(tenant).await;
    let now_ms = FIRST_DAY_MS + (days * DAY_MS) as i64;
    let live: Vec<Span> = (1..=2_000).map(|n| Span::entry(u64::MAX - n, n, now_ms + n as i64, 5.0)).collect();
    world.writer.append(tenant, Signal::Traces, &live);
}

/// What questions took.
#[derive(Default)]
struct Taken {
    /// Milliseconds of each, sorted.
    times: Vec<f64>,
    /// Of this process for all of them: asking, answering, and the writer's double. Postgres is another process.
    cpu_ms: f64,
}

/// CPU time of this process so far; the kernel counts it in hundredths of a second.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) * 10.0
}

async fn times(world: &World, tenant: &Tenant, paths: impl Iterator<Item = String>, status: u16) -> Taken {
    let (mut times, before) = (Vec::new(), cpu_ms());
    for path in paths {
        let path = format!("/api/v1/projects/{}/{path}", tenant.project);
        let started = Instant::now();
        let answer = world.send(&tenant.slug, Some(&tenant.token), &path).await;
        let got = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        times.push(started.elapsed().as_secs_f64() * 1e3);
        assert_eq!(got, status, "{path}: {text}");
    }
    times.sort_by(f64::total_cmp);
    Taken { times, cpu_ms: cpu_ms() - before }
}

#[expect(clippy::print_stdout, reason = "figures for whoever asked")]
fn print(what: &str, taken: &Taken) {
    let (times, cpu_ms) = (&taken.times, taken.cpu_ms / taken.times.len() as f64);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{what:<58} cpu {cpu_ms:7.1}  p50 {:8.2}  p99 {:8.2}  max {:8.2} ms  of {}",
        at(0.5),
        at(0.99),
        at(1.0),
        times.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it prints figures and takes minutes"]
async fn how_long_questions_take() {
    let (days, spans) = (number("NARU_MEASURE_DAYS", 4), number("NARU_MEASURE_SPANS", 300_000));
    let mut world = World::start().await;
    let acme = world.console.tenant("acme");
    let started = Instant::now();
    fill(&world, &acme, days, spans).await;
    println!("{days} days of {spans} spans, written in {:?}", started.elapsed());

    let range = |from: u64, to: u64| {
        let ms = |at: u64| FIRST_DAY_MS + at as i64;
        format!("from={}&to={}", ms(from), ms(to))
    };
    let all = range(0, days * DAY_MS + 60_000);
    let trace = |n: u64| {
        trace_id(corpus::trace((n * 7_919) % days, (n * 104_729) % (spans / corpus::SPANS_PER_TRACE)))
    };
    let missing = |n: u64| trace_id(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);

    let cold = times(&world, &acme, (0..1).map(|n| format!("traces/{}?{all}", trace(n))), 200).await;
    print("trace by id, first question of a process", &cold);
    let path = |n: u64| format!("traces/{}?{all}", trace(n));
    print("trace by id, each another one", &times(&world, &acme, (1..100).map(path), 200).await);
    print("trace by id, the same again", &times(&world, &acme, (0..100).map(|_| path(7)), 200).await);
    let path = |n: u64| format!("traces/{}?{all}", missing(n));
    print("trace by id, none", &times(&world, &acme, (0..300).map(path), 404).await);
    let path = |n: u64| {
        let day = (n * 7_919) % days;
        format!("traces/{}?{}", trace(n), range(day * DAY_MS, (day + 1) * DAY_MS))
    };
    let mut cold = Taken::default();
    for n in 0..10 {
        world.restart().await;
        // The connections, and who calls.
        times(&world, &acme, std::iter::once(format!("metrics?{all}")), 200).await;
        let one = times(&world, &acme, std::iter::once(path(n)), 200).await;
        cold.times.extend(one.times);
        cold.cpu_ms += one.cpu_ms;
    }
    cold.times.sort_by(f64::total_cmp);
    print("trace by id with its day, nothing of it in memory", &cold);

    let list = |attribute: &str| format!("transactions?{all}&{attribute}");
    for (what, attribute) in [
        ("one transaction in all", corpus::order(days / 2, 77)),
        ("none", "attr=order.id=none".to_owned()),
        ("a quarter of all", "attr=order.tier=gold".to_owned()),
        ("of one pod", "attr=k8s.pod.name=shop-3-0".to_owned()),
    ] {
        let first = times(&world, &acme, std::iter::once(list(&attribute)), 200).await;
        print(&format!("transactions by attribute, {what}, first time"), &first);
        let again = times(&world, &acme, (0..5).map(|_| list(&attribute)), 200).await;
        print(&format!("transactions by attribute, {what}"), &again);
    }
}
