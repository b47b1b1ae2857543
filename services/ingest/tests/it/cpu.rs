//! What a running gateway costs, from a sender's bytes to the bus's ack: a measurement, for a release build.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{
    corpus,
    world::{PROTOBUF, World, gzip, now_ns, zstd},
};

const REQUESTS: usize = 4_000;
const CONNECTIONS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test --release -p naru-ingest --test it -- --ignored --nocapture cpu"]
async fn the_gateway_costs_this_much_cpu() {
    let mut w = World::start_process(&[
        ("tenant-items-per-s", "100000000".to_owned()),
        ("tenant-items-burst", "100000000".to_owned()),
        ("stream-bytes-max", (2_u64 << 30).to_string()),
    ])
    .await;
    let process = w.process.take().unwrap();
    let key = w.license.issue();
    let requests = corpus::requests(7, 48, now_ns());
    let kinds = [
        ("identity", requests.clone()),
        ("gzip", requests.iter().map(|bytes| gzip(bytes)).collect()),
        ("zstd", requests.iter().map(|bytes| zstd(bytes)).collect()),
    ];
    for (encoding, bodies) in kinds {
        let (next, client) = (AtomicUsize::new(0), reqwest::Client::new());
        let before_s = process.cpu_s();
        let started = std::time::Instant::now();
        let sending = (0..CONNECTIONS).map(|_| async {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= REQUESTS {
                    break;
                }
                let request = client
                    .post(format!("{}/v1/traces", w.http))
                    .header("content-type", PROTOBUF)
                    .header("content-encoding", encoding)
                    .header("x-naru-license", &key.text)
                    .body(bodies[number % bodies.len()].clone());
                assert_eq!(request.send().await.unwrap().status(), 200);
            }
        });
        futures::future::join_all(sending).await;
        let (cpu_s, spans) = (process.cpu_s() - before_s, REQUESTS * corpus::SPANS_PER_REQUEST);
        println!(
            r#"{{"encoding":"{encoding}","spans":{spans},"cpu_s":{cpu_s:.2},"spans_per_cpu_s":{:.0},"spans_per_s":{:.0},"peak_mib":{}}}"#,
            spans as f64 / cpu_s,
            spans as f64 / started.elapsed().as_secs_f64(),
            process.peak_bytes() >> 20,
        );
    }
}
