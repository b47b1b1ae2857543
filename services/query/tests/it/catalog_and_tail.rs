//! One view of tail and catalog: no gap, no double, and honest when a part is missing.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use naru_signal::Signal;

use crate::world::{Span, Tenant, World};

const BASE_MS: i64 = 1_700_000_000_000;

fn field(range: &str) -> String {
    format!("heatmap?from={BASE_MS}&to={}&{range}", BASE_MS + 600_000)
}

async fn total(world: &World, tenant: &Tenant) -> (u64, serde_json::Value) {
    let heatmap = world.get(tenant, &field("")).await;
    (heatmap["total"].as_u64().unwrap(), heatmap["incomplete"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_row_is_seen_once_while_cuts_move_it_from_tail_to_lake() {
    let world = Arc::new(World::start().await);
    let acme = world.console.tenant("acme");
    let (appended, done) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));

    let writing = tokio::spawn({
        let (world, acme) = (Arc::clone(&world), acme.clone());
        let (appended, done) = (Arc::clone(&appended), Arc::clone(&done));
        async move {
            for number in 0..120_u64 {
                let span = Span::entry(number, number, BASE_MS + number as i64, 5.0);
                world.writer.append(&acme, Signal::Traces, &[span]);
                appended.fetch_add(1, Ordering::SeqCst);
                if number % 3 == 2 {
                    world.writer.cut(&acme).await;
                }
            }
            done.store(true, Ordering::SeqCst);
        }
    });
    let mut looks = 0;
    while !done.load(Ordering::SeqCst) {
        let before = appended.load(Ordering::SeqCst);
        let (seen, incomplete) = total(&world, &acme).await;
        let after = appended.load(Ordering::SeqCst);
        assert!((before..=after + 1).contains(&seen), "{seen} seen, {before} to {after} were there");
        assert_eq!(incomplete, serde_json::json!([]));
        looks += 1;
    }
    writing.await.unwrap();
    assert!(looks > 3, "{looks} looks are too few to prove anything");
    assert_eq!(total(&world, &acme).await.0, 120);
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
