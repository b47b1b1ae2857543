//! One view of tail and catalog: no gap, no double, and honest when a part is missing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use naru_signal::Signal;
use naru_testkit::wait_until;
use serde_json::json;

use crate::world::{Log, Metric, Span, Tenant, World, attributes, trace_id};

const BASE_MS: i64 = 1_700_000_000_000;

fn field(range: &str) -> String {
    format!("heatmap?from={BASE_MS}&to={}&{range}", BASE_MS + 600_000)
}

async fn total(world: &World, tenant: &Tenant) -> (u64, serde_json::Value) {
    let heatmap = world.get(tenant, &field("")).await;
    (heatmap["total"].as_u64().unwrap(), heatmap["incomplete"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_in_both_places_is_seen_once() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let all = (3, serde_json::json!([]));
    let spans: Vec<Span> = (1..=3).map(|number| Span::entry(number, number, BASE_MS, 5.0)).collect();
    world.writer.append(&acme, Signal::Traces, &spans);
    assert_eq!(total(&world, &acme).await, all, "in the tail");

    let committed = world.writer.commit(&acme).await;
    assert_eq!(total(&world, &acme).await, all, "in both");

    world.writer.let_go(committed);
    assert_eq!(total(&world, &acme).await, all, "in the lake");
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_segments_answer_what_their_parts_did() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let sent = |pairs: &[(&str, serde_json::Value)]| attributes(pairs);
    for (number, cell) in [
        (1, sent(&[("http.route", json!("/")), ("size", json!(1)), ("http.method", json!("GET"))])),
        (2, sent(&[("size", json!("large")), ("http.route", json!("/other"))])),
        (3, sent(&[("size", json!(3)), ("size", json!(4))])),
    ] {
        let span = Span::entry(1, number, BASE_MS + number as i64, 5.0).with("attributes", cell);
        world.writer.append(&acme, Signal::Traces, &[span]);
        world.writer.append(&acme, Signal::Logs, &[Log::at(BASE_MS + number as i64, 9, "paid")]);
        world.writer.append(&acme, Signal::Metrics, &[Metric::at(BASE_MS + number as i64, "orders", "sum")]);
        world.writer.cut(&acme).await;
    }
    let range = format!("from={BASE_MS}&to={}", BASE_MS + 60_000);
    let answers = async || {
        let mut answers = vec![total(&world, &acme).await.0.into()];
        for path in [
            format!("traces/{}?{range}", trace_id(1)),
            format!("logs?{range}"),
            format!("metrics?{range}"),
            format!("transactions?{range}"),
        ] {
            answers.push(world.get(&acme, &path).await);
        }
        answers
    };
    let before = answers().await;
    assert!(before[1].to_string().contains("/other"), "{}", before[1]);

    world.writer.merge(&acme).await;
    assert_eq!(answers().await, before);

    // And a merge of what was merged with what came since.
    let late = Span::entry(2, 4, BASE_MS, 5.0).with("attributes", sent(&[("http.method", json!("GET"))]));
    world.writer.append(&acme, Signal::Traces, &[late]);
    world.writer.cut(&acme).await;
    let before = answers().await;
    world.writer.merge(&acme).await;
    assert_eq!(answers().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_that_overtakes_a_reader_hides_nothing() {
    let world = Arc::new(World::start().await);
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &[Span::entry(1, 1, BASE_MS, 5.0)]);
    let gate = world.writer.gate();
    let reading = tokio::spawn({
        let (world, acme) = (Arc::clone(&world), acme.clone());
        async move { total(&world, &acme).await }
    });

    gate.arrived.notified().await;
    // A whole cut, before the reader gets the tail: who had read the catalog first would find the row nowhere.
    world.writer.cut(&acme).await;
    gate.open.notify_one();

    assert_eq!(reading.await.unwrap(), (1, serde_json::json!([])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_row_is_missed_or_doubled_while_cuts_go_on() {
    const LOOKS: u64 = 150;
    let world = Arc::new(World::start().await);
    let acme = world.console.tenant("acme");
    let (appended, looks) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));

    let writing = tokio::spawn({
        let (world, acme) = (Arc::clone(&world), acme.clone());
        let (appended, looks) = (Arc::clone(&appended), Arc::clone(&looks));
        async move {
            while looks.load(Ordering::SeqCst) < LOOKS {
                let number = appended.load(Ordering::SeqCst);
                let span = Span::entry(number, number, BASE_MS + number as i64, 5.0);
                world.writer.append(&acme, Signal::Traces, &[span]);
                appended.fetch_add(1, Ordering::SeqCst);
                if number % 7 == 6 {
                    let committed = world.writer.commit(&acme).await;
                    // Both places hold the rows until somebody has looked, as while a real writer acks.
                    let seen = looks.load(Ordering::SeqCst);
                    wait_until("somebody looks", Duration::from_secs(30), || async {
                        looks.load(Ordering::SeqCst) > seen
                    })
                    .await;
                    world.writer.let_go(committed);
                }
            }
        }
    });
    while !writing.is_finished() {
        let before = appended.load(Ordering::SeqCst);
        let (seen, incomplete) = total(&world, &acme).await;
        looks.fetch_add(1, Ordering::SeqCst);
        // The row that is being appended is visible a moment before it is counted.
        let after = appended.load(Ordering::SeqCst) + 1;
        assert!((before..=after).contains(&seen), "{seen} seen, {before} to {after} were there");
        assert_eq!(incomplete, serde_json::json!([]));
    }
    writing.await.unwrap();
    assert_eq!(total(&world, &acme).await.0, appended.load(Ordering::SeqCst));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_owner_an_answer_holds_what_is_stored_and_says_so() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &[Span::entry(1, 1, BASE_MS + 7, 5.0)]);
    world.writer.cut(&acme).await;
    world.writer.append(&acme, Signal::Traces, &[Span::entry(2, 2, BASE_MS + 9, 5.0)]);
    assert_eq!(total(&world, &acme).await, (2, serde_json::json!([])));

    let expected =
        serde_json::json!([{ "partition": 0, "since_ms": BASE_MS as f64 + 7.0, "reason": "owner_away" }]);

    world.writer.hangs();
    assert_eq!(total(&world, &acme).await, (1, expected.clone()));
    let again = std::time::Instant::now();
    assert_eq!(total(&world, &acme).await, (1, expected.clone()));
    assert!(again.elapsed().as_secs() < 2, "the next reader waits no more: {:?}", again.elapsed());

    world.writer.lets_go().await;
    assert_eq!(total(&world, &acme).await, (1, expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tenants_endless_read_hides_nothing_from_the_others() {
    let world = World::start().await;
    let (acme, globex) = (world.console.tenant("acme"), world.console.tenant("globex"));
    world.writer.append(&globex, Signal::Traces, &[Span::entry(1, 1, BASE_MS + 7, 5.0)]);
    world.writer.stalls_for(&acme);

    let (seen, incomplete) = total(&world, &acme).await;
    assert_eq!((seen, &incomplete[0]["reason"]), (0, &"owner_slow".into()));

    assert_eq!(total(&world, &globex).await, (1, serde_json::json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_of_an_old_epoch_is_not_believed() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &[Span::entry(1, 1, BASE_MS + 7, 5.0)]);
    world.writer.is_taken_over().await;

    let (seen, incomplete) = total(&world, &acme).await;

    assert_eq!(seen, 0);
    assert_eq!(incomplete[0]["reason"], "owner_changed");
    assert_eq!(incomplete[0]["since_ms"], serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_that_is_still_replaying_says_so() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &[Span::entry(1, 1, BASE_MS + 7, 5.0)]);
    world.writer.replays();

    let (seen, incomplete) = total(&world, &acme).await;

    assert_eq!((seen, &incomplete[0]["reason"]), (1, &"replaying".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_nothing_opens_are_an_error_and_never_an_empty_answer() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &[Span::entry(1, 1, BASE_MS, 5.0)]);
    world.writer.cut(&acme).await;
    world.forget_keys().await;

    assert_eq!(world.refusal(&acme, &field("")).await, (500, "internal".to_owned()));
}
