//! Something of ours is away or full: senders are told to come again, never to drop.

use std::time::{Duration, Instant};

use naru_license_api::KeyText;
use naru_testkit::wait_until;
use prost::Message;

use crate::world::{PARTITIONS, WITHIN, World, request_of, span, spans};

#[tokio::test]
async fn without_the_bus_it_is_503_at_once_and_healed_when_it_is_back() {
    let w = World::start().await;
    let key = w.license.issue();
    assert_eq!(w.send(&key, spans(1)).await.status(), 200);
    w.nats.kill();
    let started = Instant::now();
    let answer = w.send(&key, spans(2)).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "1");
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    wait_until("it is refused at once", WITHIN, || async {
        let started = Instant::now();
        w.send(&key, spans(2)).await.status() == 503 && started.elapsed() < Duration::from_millis(500)
    })
    .await;
    w.nats.restart();
    wait_until("it is stored again", WITHIN, || async { w.send(&key, spans(3)).await.status() == 200 }).await;
    assert!(w.entries().await.iter().any(|entry| entry.items == 1), "what was acknowledged before is there");
}

#[tokio::test]
async fn a_bus_that_hangs_is_503_before_senders_give_up() {
    let w = World::start().await;
    let key = w.license.issue();
    assert_eq!(w.send(&key, spans(1)).await.status(), 200);
    w.nats.pause();
    let started = Instant::now();
    let sent = (0..20).map(|_| async { w.send(&key, spans(1)).await.status() });
    let answers = futures::future::join_all(sent).await;
    w.nats.resume();
    assert!(answers.iter().all(|status| *status == 503), "{answers:?}");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[tokio::test]
async fn without_license_known_keys_go_on_and_unknown_ones_are_503_and_never_401() {
    let mut w = World::start().await;
    let (known, stranger) = (w.license.issue(), w.license.issue());
    let junk = KeyText::generate("local");
    assert_eq!(w.send(&known, spans(1)).await.status(), 200);
    w.license.go_away().await;
    assert_eq!(w.send(&known, spans(1)).await.status(), 200);
    let answer = w.send(&stranger, spans(1)).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    let answer = w.post(spans(1)).header("apikey", junk.expose()).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    w.license.come_back().await;
    wait_until("the stranger is known", WITHIN, || async {
        w.send(&stranger, spans(1)).await.status() == 200
    })
    .await;
}

#[tokio::test]
async fn without_redis_everything_is_accepted() {
    let w = World::start().await;
    let key = w.license.issue();
    w.redis.kill();
    for _ in 0..5 {
        assert_eq!(w.send(&key, spans(10)).await.status(), 200);
    }
}

#[tokio::test]
async fn a_redis_that_hangs_costs_one_short_wait_refuses_nobody_and_is_asked_again_when_it_is_back() {
    // Leases of one item: every request would have to ask.
    let w = World::start_with(|config| {
        (config.tenant_items_per_s, config.tenant_items_burst) = (10, 100_000);
    })
    .await;
    let (key, client) = (w.license.issue(), reqwest::Client::new());
    let send = || async {
        let sent = client.post(format!("{}/v1/traces", w.http)).header("x-naru-license", &key.text);
        sent.header("content-type", "application/x-protobuf").body(spans(10)).send().await.unwrap().status()
    };
    let bucket = naru_redis::Redis::connect(&w.redis.url());
    let bucket_key = format!("naru:limit:{}", key.claims.tenant.hex());
    assert_eq!(send().await, 200);
    w.redis.pause();
    assert_eq!(send().await, 200);
    let started = Instant::now();
    for _ in 0..50 {
        assert_eq!(send().await, 200);
    }
    // Each of them waiting for Redis would be 2.5 s and more; the bus takes a few ms each.
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    w.redis.resume();
    assert!(bucket.del(&bucket_key).await.is_ok());
    wait_until("Redis counts again", WITHIN, || async {
        assert_eq!(send().await, 200);
        // A bucket is no text, so that Redis does not read it as one; nothing is.
        bucket.get(&bucket_key).await.is_err()
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_is_killed_restarted_and_flushed_refuses_nobody() {
    let w = World::start().await;
    let key = w.license.issue();
    assert_eq!(w.send(&key, spans(10)).await.status(), 200);
    w.redis.kill();
    for _ in 0..5 {
        assert_eq!(w.send(&key, spans(10)).await.status(), 200);
    }
    // Empty, and without our script.
    w.redis.restart();
    for _ in 0..50 {
        assert_eq!(w.send(&key, spans(1_000)).await.status(), 200);
    }
}

#[tokio::test]
async fn a_full_stream_is_429_or_503_keeps_what_it_has_and_takes_more_when_there_is_room() {
    let w = World::start_with(|config| config.stream_bytes_max = 64 * 1024).await;
    let key = w.license.issue();
    let noise = |n| {
        let mut span = span(n);
        span.name = hex::encode((0..8_192).map(|_| rand::random()).collect::<Vec<u8>>());
        request_of(vec![span]).encode_to_vec()
    };
    let mut accepted = 0;
    let refused = loop {
        let answer = w.send(&key, noise(accepted as u64)).await;
        if answer.status() != 200 {
            break answer;
        }
        accepted += 1;
        assert!(accepted < 20, "64 KiB hold no more than eight of these");
    };
    // The bus refuses; or, once the gateway has seen that nobody stores what one tenant has filled it with, we do.
    let status = refused.status().as_u16();
    assert!([429, 503].contains(&status) && refused.headers().contains_key("retry-after"), "{status}");
    assert!(accepted > 0);
    assert_eq!(w.entries().await.len(), accepted);
    let partition = naru_ingest_api::partition_of(key.claims.tenant, PARTITIONS);
    let stream = w.bus.jetstream.get_stream(naru_ingest_api::stream_name(partition)).await.unwrap();
    stream.purge().await.unwrap();
    wait_until("there is room", WITHIN, || async { w.send(&key, noise(0)).await.status() == 200 }).await;
}

#[tokio::test]
async fn a_tenant_over_its_limit_is_told_when_to_come_back_and_others_are_not() {
    let w = World::start_with(|config| {
        (config.tenant_items_per_s, config.tenant_items_burst) = (10, 100);
    })
    .await;
    let (key, other) = (w.license.issue(), w.license.issue());
    assert_eq!(w.send(&key, spans(90)).await.status(), 200);
    let answer = w.send(&key, spans(90)).await;
    // Ten of a hundred are left, and ten more come each second.
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "8"));
    assert_eq!(w.send(&other, spans(90)).await.status(), 200);
}

#[tokio::test]
async fn more_than_the_gateway_may_hold_is_503_and_what_fits_goes_on() {
    let w = World::start_with(|config| config.in_flight_bytes_max = 256 * 1024).await;
    let key = w.license.issue();
    let answer = w.send(&key, spans(10_000)).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    for _ in 0..20 {
        assert_eq!(w.send(&key, spans(100)).await.status(), 200);
    }
}
