//! A reader sees every row once, whatever is being cut meanwhile.

use std::time::{Duration, Instant};

use futures::StreamExt;
use naru_writer::Config;
use naru_writer_api::{LiveBatch, live_subject, live_watch_subject};

use crate::support::{World, each_once};

#[tokio::test(flavor = "multi_thread")]
async fn tail_and_catalog_leave_no_gap_and_no_double_under_cuts() {
    let world = World::new().await;
    let writer = world.start(Config { cut_interval_ms: 20, ..world.config() }).await;
    let until = Instant::now() + Duration::from_secs(4);
    let (mut appended, mut snapshots, mut cuts) = (0, 0, 0);
    while Instant::now() < until {
        let seq = world.append_spans(5).await;
        appended += 5;
        world.see(&writer, seq).await;
        let (state, spans) = world.snapshot(&writer).await.unwrap();
        assert_eq!(spans, each_once(appended), "after {snapshots} snapshots, {state:?}");
        cuts = cuts.max(state.committed_seq);
        snapshots += 1;
    }
    assert!(cuts > 3, "cuts ran meanwhile");
    writer.stop().await;
    assert_eq!(world.billed().await, appended);
}

#[tokio::test(flavor = "multi_thread")]
async fn watched_projects_hear_of_new_transactions_at_once() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let mut live = world.bus.client.subscribe(live_subject(world.tenant, world.project)).await.unwrap();
    let watch = live_watch_subject(world.tenant, world.project);
    world.bus.client.publish(watch, "{}".into()).await.unwrap();
    world.bus.client.flush().await.unwrap();
    // The heartbeat and the pack travel on different ways; watchers repeat theirs.
    tokio::time::sleep(Duration::from_millis(300)).await;

    world.append_spans(3).await;

    let message = tokio::time::timeout(Duration::from_secs(5), live.next()).await.unwrap().unwrap();
    let batch: LiveBatch = serde_json::from_slice(&message.payload).unwrap();
    let point = &batch.points[0];
    assert_eq!((batch.points.len(), batch.omitted), (3, 0));
    assert_eq!(
        (point.application.as_str(), point.operation.as_str(), point.duration_ms),
        ("shop", "GET /orders", 5.0)
    );
    assert_eq!((point.trace_id.as_str(), point.error), (format!("{:032x}", 1).as_str(), false));
    writer.stop().await;
}
