//! Gateways hear what waits on the bus, and whose it is, until it is committed.

use async_nats::HeaderMap;
use futures::StreamExt;
use naru_ingest_api::subject;
use naru_otlp::pack::{PackBuilder, PackWriter, SHARES_HEADER};
use naru_writer_api::{BACKLOG_SUBJECTS, Backlog};

use crate::support::{PATIENCE, World, entry, request};

#[tokio::test]
async fn what_waits_is_told_by_tenant_and_no_more_once_it_is_committed() {
    let world = World::new().await;
    let mut words = world.bus.client.subscribe(BACKLOG_SUBJECTS).await.unwrap();
    let mut config = world.config();
    config.cut_interval_ms = 4_000;
    let writer = world.start(config).await;

    let mut pack = PackBuilder::new();
    pack.push(entry(&world, &request(&world, 50)));
    let (message, shares) = pack.finish_with(&mut PackWriter::default(), 7, 1);
    let (bytes, mut headers) = (message.len() as u64, HeaderMap::new());
    headers.insert(SHARES_HEADER, shares.to_text().as_str());
    let sent = world.bus.jetstream.publish_with_headers(subject(0), headers, message).await.unwrap();
    let seq = sent.await.unwrap().sequence;

    let mut hear = async |what: &str, is_it: &dyn Fn(&Backlog) -> bool| {
        let heard = tokio::time::timeout(PATIENCE, async {
            loop {
                let word = words.next().await.unwrap();
                let backlog: Backlog = serde_json::from_slice(&word.payload).unwrap();
                if is_it(&backlog) {
                    return backlog;
                }
            }
        });
        heard.await.unwrap_or_else(|_| panic!("{what} was not told"))
    };
    let waiting = hear("what waits", &|backlog| backlog.waiting_bytes > 0).await;
    let held: Vec<_> = waiting.tenants.iter().map(|held| (held.tenant, held.waiting_bytes)).collect();
    assert_eq!((waiting.partition, waiting.last_seq, waiting.waiting_bytes), (0, seq, bytes));
    assert_eq!((waiting.tenants_count, held), (1, vec![(world.tenant, bytes)]));
    let stored = hear("the commit", &|backlog| backlog.committed_seq == seq).await;
    assert_eq!((stored.waiting_bytes, stored.tenants_count), (0, 0));
    assert!(stored.drained_bytes_per_s > 0);
    writer.stop().await;
}
