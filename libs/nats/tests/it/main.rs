//! Questions and answers over a real server, and what happens when it is away.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

use std::time::{Duration, Instant};

use naru_nats::{Bus, CallError, Error, Options, Refusal};
use naru_testkit::{Nats, nats, wait_until};

const SOON: Duration = Duration::from_secs(5);

async fn bus(nats: &Nats) -> Bus {
    let (url, monitor_url) = (nats.url(), Some(nats.monitor_url()));
    Bus::connect(&Options { url, name: "test".to_owned(), token_file: None, monitor_url }).await.unwrap()
}

#[tokio::test]
async fn a_question_gets_its_answer_a_refusal_or_a_named_problem() {
    let nats = nats().await;
    let bus = bus(&nats).await;
    bus.serve("bakery.v1.bake", "bakery", |loaves: u32| async move {
        match loaves {
            0 => Err(Refusal::new("nothing", "zero loaves")),
            1 => Err(Refusal::unavailable("the oven is cold")),
            2 => panic!("flour everywhere"),
            loaves => Ok(loaves * 2),
        }
    })
    .await
    .unwrap();
    let ask = |loaves: u32| {
        let bus = bus.clone();
        async move { bus.request::<_, u32>("bakery.v1.bake", &loaves, SOON).await }
    };

    assert_eq!(ask(21).await.unwrap(), 42);
    assert!(
        matches!(ask(0).await, Err(CallError::Refused(r)) if r == Refusal::new("nothing", "zero loaves"))
    );
    assert!(matches!(ask(1).await, Err(CallError::Unavailable(_))));
    assert!(matches!(ask(2).await, Err(CallError::Refused(r)) if r.code == "internal"));
    let wrong = bus.request::<_, u32>("bakery.v1.bake", &"many", SOON).await;
    assert!(matches!(wrong, Err(CallError::Refused(r)) if r.code == "malformed"));
    let wrong = bus.request::<_, String>("bakery.v1.bake", &21, SOON).await;
    assert!(matches!(wrong, Err(CallError::Codec(_))));
}

#[tokio::test]
async fn nobody_there_is_unavailable_at_once() {
    let nats = nats().await;
    let bus = bus(&nats).await;
    let asked = Instant::now();
    let answer = bus.request::<_, u32>("bakery.v1.bake", &1, SOON).await;
    assert!(matches!(answer, Err(CallError::Unavailable(_))));
    assert!(asked.elapsed() < SOON / 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_comes_back_is_served_again() {
    let nats = nats().await;
    let bus = bus(&nats).await;
    bus.serve("bakery.v1.bake", "bakery", |n: u32| async move { Ok(n) }).await.unwrap();
    tokio::task::block_in_place(|| nats.kill());
    wait_until("the connection is down", SOON, || async { !bus.is_connected() }).await;
    let asked = Instant::now();
    assert!(matches!(
        bus.request::<_, u32>("bakery.v1.bake", &1, SOON).await,
        Err(CallError::Unavailable(_))
    ));
    assert!(asked.elapsed() < Duration::from_millis(500));
    tokio::task::block_in_place(|| nats.restart());
    wait_until("questions are answered again", SOON * 2, || async {
        bus.request::<_, u32>("bakery.v1.bake", &1, Duration::from_millis(200)).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn draining_finishes_the_answers_being_made_and_takes_no_more() {
    let nats = nats().await;
    let (server, client) = (bus(&nats).await, bus(&nats).await);
    let begun = std::sync::Arc::new(tokio::sync::Notify::new());
    let told = std::sync::Arc::clone(&begun);
    let slowly = move |n: u32| {
        told.notify_one();
        async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok(n)
        }
    };
    server.serve("bakery.v1.bake", "bakery", slowly).await.unwrap();
    let asking = tokio::spawn({
        let client = client.clone();
        async move { client.request::<_, u32>("bakery.v1.bake", &7, SOON).await }
    });
    tokio::time::timeout(SOON, begun.notified()).await.unwrap();

    server.drain().await;

    assert_eq!(asking.await.unwrap().unwrap(), 7);
    let late = client.request::<_, u32>("bakery.v1.bake", &8, SOON).await;
    assert!(matches!(late, Err(CallError::Unavailable(_))));
}

#[tokio::test]
async fn a_monitor_that_is_none_is_refused_by_its_url() {
    let nats = nats().await;
    let monitor_url = Some(nats.url().replace("nats://", "http://"));
    let options = Options { url: nats.url(), name: "test".to_owned(), token_file: None, monitor_url };
    assert!(matches!(Bus::connect(&options).await, Err(Error::Monitor { .. })));
}
