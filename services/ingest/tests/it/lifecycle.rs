//! Starting only on a bus that keeps what it acknowledges, and leaving without losing anything.

use std::time::{Duration, Instant};

use async_nats::jetstream::stream::{Config as Stream, DiscardPolicy, PersistenceMode};
use naru_ingest::Ingest;
use naru_ingest_api::{STREAM_EPOCH_KEY, stream_name, subject};
use naru_runtime::{Health, Service};
use naru_testkit::nats;

use crate::world::{World, config, connect, spans};

#[tokio::test]
async fn a_stream_that_could_lose_what_it_acknowledged_is_refused_by_name() {
    let (nats, good) = (
        nats().await,
        Stream {
            name: stream_name(1),
            subjects: vec![subject(1)],
            discard: DiscardPolicy::New,
            max_bytes: 1 << 20,
            metadata: [(STREAM_EPOCH_KEY.to_owned(), "x".to_owned())].into(),
            ..Stream::default()
        },
    );
    let bus = connect(&nats).await;
    let table = [
        ("discard: old", Stream { discard: DiscardPolicy::Old, ..good.clone() }),
        ("persist_mode", Stream { persist_mode: Some(PersistenceMode::Async), ..good.clone() }),
        ("age", Stream { max_age: Duration::from_secs(3_600), ..good.clone() }),
        ("number of messages", Stream { max_messages: 10, ..good.clone() }),
        ("no cap", Stream { max_bytes: -1, ..good.clone() }),
        ("subjects", Stream { subjects: vec!["other".to_owned()], ..good.clone() }),
        (STREAM_EPOCH_KEY, Stream { metadata: Default::default(), ..good.clone() }),
    ];
    for (words, stream) in table {
        bus.jetstream.create_stream(stream).await.unwrap();
        let error = Ingest::build(config(&nats), Health::default()).await.unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("ING_01"), "{error}");
        bus.jetstream.delete_stream(stream_name(1)).await.unwrap();
    }
    bus.jetstream.create_stream(good).await.unwrap();
    Ingest::build(config(&nats), Health::default()).await.unwrap();
    let found = bus.jetstream.get_stream(stream_name(1)).await.unwrap().cached_info().config.clone();
    assert_eq!(found.max_bytes, config(&nats).stream_bytes_max);
    assert_eq!(found.metadata[STREAM_EPOCH_KEY], "x");
}

#[tokio::test]
async fn a_gateway_without_partitions_does_not_start() {
    let nats = nats().await;
    let none = naru_ingest::Config { partitions: 0, ..config(&nats) };
    let error = Ingest::build(none, Health::default()).await.unwrap_err().to_string();
    assert!(error.contains("partitions"), "{error}");
}

#[tokio::test]
async fn what_is_being_sent_when_the_gateway_stops_is_answered_and_stored() {
    let mut w = World::start_with(|config| config.pack_delay_ms = 500).await;
    let key = w.license.issue();
    assert_eq!(w.send(&key, spans(1)).await.status(), 200);
    let started = Instant::now();
    let (answer, ()) = tokio::join!(w.send(&key, spans(2)), async {
        // Long enough for the request to be in its pack, far less than the pack's delay.
        tokio::time::sleep(Duration::from_millis(150)).await;
        w.stop.cancel();
    });
    assert_eq!(answer.status(), 200);
    (&mut w.running).await.unwrap().unwrap();
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert!(w.entries().await.iter().any(|entry| entry.items == 2));
}
