//! Field, list, trace and figures agree, from tail and lake together.

use std::collections::HashSet;

use naru_signal::Signal;
use serde_json::{Value, json};

use crate::world::{Log, Span, Tenant, World, event};

const BASE_MS: i64 = 1_700_000_000_000;

/// 300 transactions, one every 100 ms, of 1 to 300 ms; every tenth failed. Half are stored, half are in the tail.
async fn shop(world: &World, tenant: &Tenant) {
    let span = |number: u64| {
        let span = Span::entry(number, number, BASE_MS + number as i64 * 100, number as f64);
        if number.is_multiple_of(10) { span.failed() } else { span }
    };
    let spans: Vec<Span> = (1..=300).map(span).collect();
    world.writer.append(tenant, Signal::Traces, &spans[..150]);
    world.writer.cut(tenant).await;
    world.writer.append(tenant, Signal::Traces, &spans[150..]);
}

fn range(rest: &str) -> String {
    format!("from={BASE_MS}&to={}{rest}", BASE_MS + 60_000)
}

fn len(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_list_and_figures_count_the_same_transactions() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    shop(&world, &acme).await;

    let heatmap =
        world.get(&acme, &format!("heatmap?{}", range("&scale=linear&max_ms=200&step_ms=10000"))).await;
    assert_eq!((&heatmap["total"], &heatmap["errors"]), (&json!(300), &json!(30)));
    let edges = heatmap["edges_ms"].as_array().unwrap();
    for cell in heatmap["cells"].as_array().unwrap() {
        let (column, row) = (cell[0].as_i64().unwrap(), cell[1].as_u64().unwrap() as usize);
        let from = BASE_MS + column * 10_000;
        let max = edges.get(row + 1).map_or_else(String::new, |edge| format!("&max_ms={edge}"));
        let selection = format!("from={from}&to={}&min_ms={}{max}&limit=1000", from + 10_000, edges[row]);
        let list = world.get(&acme, &format!("transactions?{selection}")).await;
        assert_eq!(len(&list["transactions"]) as u64, cell[2].as_u64().unwrap(), "{selection}");
        assert_eq!(list["total"], cell[2]);
    }

    let tps = world.get(&acme, &format!("series?metric=tps&{}", range("&step=10000"))).await;
    let counted: f64 =
        tps["points"].as_array().unwrap().iter().map(|point| point[1].as_f64().unwrap() * 10.0).sum();
    assert!((counted - 300.0).abs() < 1e-6);
    let p95 = world.get(&acme, &format!("series?metric=p95&{}", range("&step=10000"))).await;
    assert_eq!(p95["unit"], "ms");
    assert_eq!(p95["points"][5], json!([BASE_MS as f64 + 50_000.0, null]), "a gap has no latency");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_transaction_of_a_long_page_has_its_own_calls() {
    const TRANSACTIONS: u64 = 60;
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let spans = (1..=TRANSACTIONS).flat_map(|number| {
        let start_ms = BASE_MS + number as i64 * 100;
        let call = |call: u64| {
            Span::child(number, 1_000 + number * 10 + call, number, start_ms, number as f64)
                .with("kind", 3)
                .with("db_system", "postgresql")
                .with("db_operation", "SELECT")
        };
        let calls: Vec<Span> = (0..=number % 3).map(call).collect();
        std::iter::once(Span::entry(number, number, start_ms, 500.0)).chain(calls)
    });
    world.writer.append(&acme, Signal::Traces, &spans.collect::<Vec<_>>());
    world.writer.cut(&acme).await;

    let list = world.get(&acme, &format!("transactions?{}", range("&limit=100"))).await;
    assert_eq!(len(&list["transactions"]) as u64, TRANSACTIONS);
    for transaction in list["transactions"].as_array().unwrap() {
        let number = u64::from_str_radix(transaction["span_id"].as_str().unwrap(), 16).unwrap();
        let count = number % 3 + 1;
        assert_eq!(transaction["sql_count"], json!(count), "{transaction}");
        assert_eq!(transaction["sql_ms"], json!((count * number) as f64), "{transaction}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_every_transaction_once_while_new_ones_arrive() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    shop(&world, &acme).await;
    let (mut seen, mut cursor, mut pages) = (HashSet::new(), String::new(), 0);
    loop {
        let page =
            world.get(&acme, &format!("transactions?{}", range(&format!("&limit=70&cursor={cursor}")))).await;
        assert_eq!(page["total"], if pages == 0 { json!(300) } else { Value::Null }, "the first page counts");
        for transaction in page["transactions"].as_array().unwrap() {
            let span = transaction["span_id"].as_str().unwrap().to_owned();
            assert!(seen.insert(span), "{transaction} came twice");
        }
        pages += 1;
        // Received after the first page was read, though it began before everything else: on none of the pages.
        let late =
            Span::entry(9_000 + pages, 9_000 + pages, BASE_MS + 1, 0.5).with("received_ms", i64::MAX / 2);
        world.writer.append(&acme, Signal::Traces, &[late]);
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (300, 5));
}

/// Many row groups, each with as many transactions as the others and at the same times: what one holds decides what need not be
/// looked for in the next.
#[tokio::test(flavor = "multi_thread")]
async fn pages_over_many_row_groups_are_those_of_one_sorted_list() {
    const CUTS: u64 = 13;
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let place = |number: u64| (BASE_MS + (number % 9) as i64 * 100, (number % 7 + 1) as f64);
    let number_of = |cut: u64, row: u64| cut * 20 + row + 1;
    for cut in 0..CUTS {
        let span = |row| {
            let number = number_of(cut, row);
            let (start_ms, duration_ms) = place(number);
            Span::entry(number, number, start_ms, duration_ms)
        };
        world.writer.append(&acme, Signal::Traces, &(0..20).map(span).collect::<Vec<_>>());
        world.writer.cut(&acme).await;
    }
    for (sort, by_duration) in [("-start", false), ("-duration", true)] {
        let mut expected: Vec<u64> =
            (0..CUTS).flat_map(|cut| (0..20).map(move |row| number_of(cut, row))).collect();
        let value = |number: u64| match place(number) {
            (_, duration_ms) if by_duration => duration_ms as i64,
            (start_ms, _) => start_ms,
        };
        expected.sort_by_key(|&number| std::cmp::Reverse((value(number), number)));
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let question = range(&format!("&sort={sort}&limit=7&cursor={cursor}"));
            let page = world.get(&acme, &format!("transactions?{question}")).await;
            if seen.is_empty() {
                assert_eq!(page["total"], json!(CUTS * 20));
            }
            seen.extend(page["transactions"].as_array().unwrap().iter().map(|transaction| {
                u64::from_str_radix(transaction["span_id"].as_str().unwrap(), 16).unwrap()
            }));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, expected, "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_slowest_come_first_when_asked_and_filters_hold() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    shop(&world, &acme).await;

    let slow =
        world.get(&acme, &format!("transactions?{}", range("&sort=-duration&limit=3&status=error"))).await;
    let durations: Vec<&Value> =
        slow["transactions"].as_array().unwrap().iter().map(|t| &t["duration_ms"]).collect();
    assert_eq!(durations, [&json!(300.0), &json!(290.0), &json!(280.0)]);
    assert_eq!(slow["total"], json!(30));
    assert_eq!(slow["transactions"][0]["status"], "error");

    let boxed = world.get(&acme, &format!("transactions?{}", range("&min_ms=10&max_ms=12"))).await;
    assert_eq!(len(&boxed["transactions"]), 2, "(10, 12] holds 11 and 12");
    let other = world.get(&acme, &format!("transactions?{}", range("&application=other"))).await;
    assert_eq!((len(&other["transactions"]), &other["next_cursor"]), (0, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_shows_its_calls_self_times_exceptions_and_logs() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let said = ["type", "message", "stacktrace"].map(|what| format!("exception.{what}"));
    let exception = event(
        BASE_MS + 40,
        "exception",
        &[(&said[0], json!("ValueError")), (&said[1], json!("no")), (&said[2], json!("at x"))],
    );
    world.writer.append(
        &acme,
        Signal::Traces,
        &[
            Span::entry(7, 1, BASE_MS, 100.0).failed().with("events", exception),
            Span::child(7, 2, 1, BASE_MS + 10, 30.0)
                .with("kind", 3)
                .with("db_system", "postgresql")
                .with("db_statement", "select 1"),
        ],
    );
    world.writer.cut(&acme).await;
    world.writer.append(
        &acme,
        Signal::Traces,
        &[
            Span::child(7, 3, 1, BASE_MS + 50, 20.0).with("kind", 3).with("http_method", "GET"),
            Span::entry(8, 4, BASE_MS, 1.0),
        ],
    );
    let log = Log::at(BASE_MS + 20, 17, "it broke").with("trace_id", format!("{:032x}", 7));
    world.writer.append(&acme, Signal::Logs, &[log, Log::at(BASE_MS + 20, 9, "of another trace")]);

    let around = range("");
    let trace = world.get(&acme, &format!("traces/{:032x}?{around}", 7)).await;

    assert_eq!((&trace["start_ms"], &trace["duration_ms"]), (&json!(BASE_MS as f64), &json!(100.0)));
    let spans = trace["spans"].as_array().unwrap();
    let shown: Vec<_> =
        spans.iter().map(|s| (&s["category"], &s["start_offset_ms"], &s["self_ms"])).collect();
    assert_eq!(
        shown,
        [
            (&json!("http"), &json!(0.0), &json!(50.0)),
            (&json!("sql"), &json!(10.0), &json!(30.0)),
            (&json!("external"), &json!(50.0), &json!(20.0)),
        ]
    );
    assert_eq!(spans[1]["db"]["statement"], "select 1");
    assert_eq!(spans[1]["parent_span_id"], format!("{:016x}", 1));
    assert_eq!(spans[0]["exceptions"][0]["type"], "ValueError");
    assert_eq!((len(&spans[0]["events"]), &spans[0]["attributes"]["a"]), (0, &json!(1)));
    assert_eq!((len(&trace["logs"]), &trace["logs"][0]["body"]), (1, &json!("it broke")));

    let list = world.get(&acme, &format!("transactions?{around}&min_ms=50")).await;
    let transaction = &list["transactions"][0];
    let calls = ["sql_ms", "sql_count", "external_ms", "external_count"].map(|name| &transaction[name]);
    assert_eq!(calls, [&json!(30.0), &json!(1), &json!(20.0), &json!(1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_told_apart_by_the_best_identity_there_is() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let spans: Vec<Span> = (0..30)
        .map(|number| {
            Span::entry(number, number, BASE_MS + number as i64, 1.0)
                .with("user_id", format!("u{}", number % 4))
        })
        .collect();
    world.writer.append(&acme, Signal::Traces, &spans);

    let users = world.get(&acme, &format!("series?metric=active_users&{}", range("&step=30000"))).await;

    assert_eq!(users["points"], json!([[BASE_MS as f64, 4.0], [BASE_MS as f64 + 30_000.0, 0.0]]));
    assert_eq!(users["identity"], "user");
}
