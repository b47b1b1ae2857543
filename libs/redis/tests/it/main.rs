//! Counters and buckets on a real server, and quick answers when it is away or hangs.

use std::time::{Duration, Instant};

use naru_redis::{Rate, Redis, Taken};
use naru_testkit::{redis, wait_until};

#[tokio::test]
async fn values_counters_and_firsts_hold() {
    let server = redis().await;
    let redis = Redis::connect(&server.url());
    wait_until("redis answers", Duration::from_secs(5), || async { redis.ping().await.is_ok() }).await;

    assert_eq!(redis.get("a").await.unwrap(), None);
    redis.set_ex("a", "bread", 60).await.unwrap();
    assert_eq!(redis.get("a").await.unwrap().as_deref(), Some(b"bread".as_slice()));
    redis.del("a").await.unwrap();
    assert_eq!(redis.get("a").await.unwrap(), None);
    assert!(redis.set_nx_ex("first", 60).await.unwrap());
    assert!(!redis.set_nx_ex("first", 60).await.unwrap());
    assert_eq!(redis.incr_ex("n", 60).await.unwrap(), 1);
    assert_eq!(redis.incr_ex("n", 60).await.unwrap(), 2);
    redis.decr_ex("n", 60).await.unwrap();
    assert_eq!(redis.incr_ex("n", 60).await.unwrap(), 2);
}

#[tokio::test]
async fn a_bucket_gives_its_burst_then_refills() {
    let server = redis().await;
    let redis = Redis::connect(&server.url());
    wait_until("redis answers", Duration::from_secs(5), || async { redis.ping().await.is_ok() }).await;

    let slow = Rate { per_s: 1, burst: 10 };
    assert_eq!(redis.take_tokens("slow", slow, 4, 4).await.unwrap(), Taken::Tokens(4));
    assert_eq!(redis.take_tokens("slow", slow, 1, 50).await.unwrap(), Taken::Tokens(6), "what there is");
    let Taken::Wait(wait) = redis.take_tokens("slow", slow, 9, 9).await.unwrap() else {
        panic!("the bucket is empty")
    };
    assert!((Duration::from_secs(8)..=Duration::from_secs(9)).contains(&wait), "{wait:?}");
    let never = Rate { per_s: 0, burst: 5 };
    assert!(matches!(redis.take_tokens("never", never, 6, 6).await.unwrap(), Taken::Wait(_)));
    let quick = Rate { per_s: 1_000, burst: 100 };
    assert_eq!(redis.take_tokens("quick", quick, 100, 100).await.unwrap(), Taken::Tokens(100));
    wait_until("the bucket refills", Duration::from_secs(5), || async {
        matches!(redis.take_tokens("quick", quick, 50, 50).await.unwrap(), Taken::Tokens(50))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_hangs_or_dies_costs_a_tenth_of_a_second_and_comes_back() {
    let server = redis().await;
    let redis = Redis::connect(&server.url());
    wait_until("redis answers", Duration::from_secs(5), || async { redis.ping().await.is_ok() }).await;
    server.pause();
    let asked = Instant::now();
    assert!(redis.get("a").await.is_err());
    assert!(asked.elapsed() < Duration::from_millis(400), "{:?}", asked.elapsed());
    server.resume();
    wait_until("redis answers again", Duration::from_secs(5), || async { redis.ping().await.is_ok() }).await;

    tokio::task::block_in_place(|| server.kill());
    let asked = Instant::now();
    assert!(redis.get("a").await.is_err());
    assert!(asked.elapsed() < Duration::from_millis(400), "{:?}", asked.elapsed());
    tokio::task::block_in_place(|| server.restart());
    wait_until("redis answers after a restart", Duration::from_secs(5), || async {
        redis.ping().await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn a_url_that_is_none_makes_every_operation_unavailable() {
    let redis = Redis::connect("not a url");
    assert!(redis.get("a").await.is_err());
}
