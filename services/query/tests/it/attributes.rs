//! Any attribute finds its rows, wherever a segment has put it.

use naru_signal::Signal;
use serde_json::{Value, json};

use crate::{
    sql::rows,
    world::{Log, Span, Tenant, World, attributes},
};

const BASE_MS: i64 = 1_700_000_000_000;

fn range() -> String {
    format!("from={BASE_MS}&to={}", BASE_MS + 60_000)
}

/// Of 100 transactions each has `tier` (a column of its own once merged) and `http.route` (which a typed column repeats),
/// one has `order`, and half ran in another pod. Numbers are whole doubles, very small or very large. Each has `twice`
/// two times; the second does not count.
fn spans() -> Vec<Span> {
    let span = |number: u64| {
        let tier = if number.is_multiple_of(4) { "gold" } else { "iron" };
        let mut pairs = vec![("tier", json!(tier)), ("http.route", json!("/")), ("size", json!(number))];
        pairs.extend([
            ("price", json!(number as f64)),
            ("tiny", json!(if number == 5 { 1e-7 } else { 1e16 })),
        ]);
        let first = if number > 90 { json!(["x"]) } else { json!("x") };
        pairs.extend([("twice", first), ("twice", json!("x"))]);
        if number == 42 {
            pairs.push(("order", json!("a=b")));
        }
        let pod = if number > 50 { "shop-b" } else { "shop-a" };
        Span::entry(number, number, BASE_MS + number as i64, 5.0)
            .with("attributes", attributes(&pairs))
            .with("resource", attributes(&[("service.name", json!("shop")), ("k8s.pod.name", json!(pod))]))
    };
    (1..=100).map(span).collect()
}

/// Transactions and cells of each question.
async fn counts(world: &World, tenant: &Tenant) -> Vec<(u64, u64)> {
    let mut counts = Vec::new();
    for wanted in [
        "attr=tier=gold",
        "attr=http.route=/",
        "attr=order=a%3Db",
        "attr=size=7",
        "attr=k8s.pod.name=shop-b",
        "attr=k8s.pod.name=shop-b&attr=tier=gold",
        "attr=tier=lead",
        "attr=unheard.of=1",
        "attr=price=7",
        "attr=price=7.0",
        "attr=tiny=0.0000001",
        "attr=tiny=10000000000000000",
        "attr=twice=x",
    ] {
        let list = world.get(tenant, &format!("transactions?{}&limit=5&{wanted}", range())).await;
        let heatmap = world.get(tenant, &format!("heatmap?{}&{wanted}", range())).await;
        let (list, cells) = (list["total"].as_u64().unwrap(), heatmap["total"].as_u64().unwrap());
        counts.push((list, cells));
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn any_attribute_finds_its_rows_in_tail_cut_and_merge() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let expected = [25, 100, 1, 1, 50, 13, 0, 0, 1, 0, 1, 99, 90].map(|count| (count, count));

    world.writer.append(&acme, Signal::Traces, &spans());
    assert_eq!(counts(&world, &acme).await, expected, "in the tail");
    world.writer.cut(&acme).await;
    assert_eq!(counts(&world, &acme).await, expected, "as it was cut");
    world.writer.merge(&acme).await;
    assert_eq!(counts(&world, &acme).await, expected, "merged");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_one_attribute_hold_each_of_its_rows_once() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &spans());
    world.writer.cut(&acme).await;
    world.writer.merge(&acme).await;
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let path = format!("transactions?{}&limit=10&attr=tier=gold{cursor}", range());
        let page = world.get(&acme, &path).await;
        seen.extend(page["transactions"].as_array().unwrap().iter().map(|span| span["span_id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let expected = (1..=25).rev().map(|number| Value::from(format!("{:016x}", number * 4)));
    assert_eq!(seen, expected.collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_found_by_their_attributes_too() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let log = |number: i64| {
        let pairs = [("tier", json!(if number % 2 == 0 { "gold" } else { "iron" }))];
        Log::at(BASE_MS + number, 9, "paid").with("attributes", attributes(&pairs))
    };
    world.writer.append(&acme, Signal::Logs, &(1..=9).map(log).collect::<Vec<_>>());
    for place in ["tail", "cut", "merge"] {
        let logs = world.get(&acme, &format!("logs?{}&attr=tier=gold", range())).await;
        assert_eq!(logs["logs"].as_array().unwrap().len(), 4, "{place}");
        match place {
            "tail" => world.writer.cut(&acme).await,
            _ => world.writer.merge(&acme).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_attribute_is_refused_with_words() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    for bad in ["attr=tier", "attr==gold", "attr="] {
        for list in ["transactions", "logs", "heatmap"] {
            let refusal = world.refusal(&acme, &format!("{list}?{}&{bad}", range())).await;
            assert_eq!(refusal, (400, "bad_attribute".to_owned()), "{list} {bad}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attribute_is_found_under_any_name_it_ever_had() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let sent = [("code.function", "pay"), ("code.function.name", "pay"), ("code.function", "ship")];
    let spans = (1..).zip(sent).map(|(number, (name, value))| {
        Span::entry(number, number, BASE_MS, 5.0).with("attributes", attributes(&[(name, json!(value))]))
    });
    world.writer.append(&acme, Signal::Traces, &spans.collect::<Vec<_>>());
    let found = async || {
        let mut found = Vec::new();
        for name in ["code.function", "code.function.name"] {
            let list = world.get(&acme, &format!("transactions?{}&attr={name}=pay", range())).await;
            let sql = format!("select count(*) from spans where attr(attributes, '{name}') = 'pay'");
            found.push((list["total"].as_u64().unwrap(), rows(&world, &acme, &sql).await));
        }
        found
    };
    let both = vec![(2, json!([[2]])), (2, json!([[2]]))];
    assert_eq!(found().await, both, "in the tail");
    world.writer.cut(&acme).await;
    assert_eq!(found().await, both, "in a cut");
    world.writer.merge(&acme).await;
    assert_eq!(found().await, both, "merged");
}
