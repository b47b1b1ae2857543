//! A 2xx means that the bus has it: cut, packed, and known again when it comes again.

use std::collections::HashSet;

use prost::Message;

use crate::world::{World, request_of, span, spans};

#[tokio::test]
async fn bytes_sent_again_have_the_same_entry_ids() {
    let w = World::start().await;
    let (key, other) = (w.license.issue(), w.license.issue());
    let body = spans(10);
    for key in [&key, &key, &other] {
        assert_eq!(w.send(key, body.clone()).await.status(), 200);
    }
    let entries = w.entries().await;
    let of_key = entries.iter().filter(|entry| entry.project == key.claims.project);
    let ids: HashSet<_> = of_key.clone().map(|entry| entry.id).collect();
    assert_eq!((of_key.count(), ids.len()), (2, 1));
    assert!(entries.iter().any(|entry| !ids.contains(&entry.id)), "another project's bytes are its own");
}

#[tokio::test]
async fn a_large_request_that_does_not_compress_is_stored_to_the_last_span() {
    let w = World::start().await;
    let key = w.license.issue();
    let spans: Vec<_> = (0..1_500)
        .map(|n| {
            let mut span = span(n);
            let noise: Vec<u8> = (0..4_096).map(|_| rand::random()).collect();
            span.name = hex::encode(noise);
            span
        })
        .collect();
    // 12 MiB, of which half remains after compression: several packs, each far below what the bus takes.
    let body = request_of(spans.clone()).encode_to_vec();
    assert_eq!(w.send(&key, body).await.status(), 200);
    let entries = w.entries().await;
    assert!(entries.len() > 20);
    let stored: usize = entries.iter().map(|entry| entry.items as usize).sum();
    assert_eq!(stored, spans.len());
    assert_eq!(entries.iter().map(|entry| entry.id).collect::<HashSet<_>>().len(), entries.len());
}

#[tokio::test]
async fn many_senders_share_packs_and_each_is_answered_for_its_own() {
    let w = World::start().await;
    let keys: Vec<_> = (0..40).map(|_| w.license.issue()).collect();
    let sent = keys.iter().map(|key| async { w.send(key, spans(3)).await.status() });
    assert!(futures::future::join_all(sent).await.iter().all(|status| *status == 200));
    let entries = w.entries().await;
    let projects: HashSet<_> = entries.iter().map(|entry| entry.project).collect();
    assert_eq!((entries.len(), projects.len()), (40, 40));
    assert!(entries.iter().all(|entry| entry.items == 3 && entry.received_ms > 0));
}

#[tokio::test]
async fn an_empty_request_is_welcome_and_nothing_is_stored() {
    let w = World::start().await;
    let key = w.license.issue();
    assert_eq!(w.send(&key, Vec::new()).await.status(), 200);
    assert!(w.entries().await.is_empty());
}
