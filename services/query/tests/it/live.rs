//! Live transactions reach those who watch, and nobody else.

use std::time::Duration;

use futures::StreamExt;
use naru_writer_api::{LIVE_WATCH_SUBJECTS, LiveBatch, LivePoint, LiveWatch, live_subject};
use reqwest::Response;

use crate::world::World;

/// Reads an event stream until it holds `wanted`; panics with what it read when the stream ends first.
async fn read_until(response: &mut Response, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) {
        let chunk = tokio::time::timeout(Duration::from_secs(20), response.chunk()).await;
        let chunk = chunk.unwrap_or_else(|_| panic!("waited in vain for {wanted} after {text}")).unwrap();
        let Some(chunk) = chunk else { panic!("the stream ended after {text}") };
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    text
}

fn point(operation: &str) -> LiveBatch {
    let point = LivePoint {
        start_ms: 1.5,
        duration_ms: 2.5,
        error: false,
        application: "shop".to_owned(),
        instance: String::new(),
        operation: operation.to_owned(),
        trace_id: "0".repeat(32),
        span_id: "0".repeat(16),
    };
    LiveBatch { v: 1, points: vec![point], omitted: 0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_watches_gets_points_of_their_project_until_revoked() {
    let world = World::start().await;
    let (acme, globex) = (world.console.tenant("acme"), world.console.tenant("globex"));
    let mut watches = world.bus.client.subscribe(LIVE_WATCH_SUBJECTS).await.unwrap();
    world.bus.client.flush().await.unwrap();
    let path = format!("/api/v1/projects/{}/live", acme.project);
    let mut one = world.send("acme", Some(&acme.token), &path).await;
    let mut two = world.send("acme", Some(&acme.token), &path).await;

    assert_eq!(one.headers()["content-type"], "text/event-stream");
    assert!(read_until(&mut one, "\n\n").await.starts_with("event: hello\ndata: {\"server_ms\":"));
    read_until(&mut two, "\n\n").await;
    let watch = tokio::time::timeout(Duration::from_secs(10), watches.next()).await.unwrap().unwrap();
    let watch: LiveWatch = serde_json::from_slice(&watch.payload).unwrap();
    assert_eq!((watch.tenant, watch.project), (acme.id, acme.project));

    world.bus.publish(live_subject(globex.id, globex.project), &point("not yours")).await.unwrap();
    world.bus.publish(live_subject(acme.id, acme.project), &point("GET /pay")).await.unwrap();
    for stream in [&mut one, &mut two] {
        let text = read_until(stream, "\n\n").await;
        assert!(text.contains("event: transactions") && text.contains("GET /pay"), "{text}");
        assert!(!text.contains("not yours"), "{text}");
    }

    world.console.revoke(&acme);
    let ended = tokio::time::timeout(Duration::from_secs(10), async {
        while one.chunk().await.unwrap().is_some() {}
    });
    ended.await.expect("a revoked caller's stream ends within 10 s");
}
