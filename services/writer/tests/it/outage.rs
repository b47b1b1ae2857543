//! Something a writer needs is away, and comes back.

use naru_testkit::{Gate, wait_until};
use naru_writer::Config;

use crate::support::{PATIENCE, SmallDisk, World, each_once};

#[tokio::test(flavor = "multi_thread")]
async fn while_postgres_is_away_the_tail_serves_and_afterwards_everything_is_stored() {
    let world = World::new().await;
    let gate = Gate::to(world.postgres.addr()).await;
    let postgres_url = world.postgres.url_through(&gate, "naru_writer");
    let writer = world.start(Config { postgres_url, cut_interval_ms: 100, ..world.config() }).await;
    gate.shut();
    let seq = world.append_spans(7).await;

    world.see(&writer, seq).await;
    assert!(world.segments().await.is_empty());
    gate.open().await;

    wait_until("the cut is committed", PATIENCE, || async {
        world.tail(&writer).await.is_some_and(|tail| tail.state.committed_seq == seq)
    })
    .await;
    assert_eq!(world.stored(seq).await, each_once(7));
    writer.stop().await;
    assert_eq!(world.billed().await, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_objects_cannot_be_stored_rows_stay_in_the_tail_and_are_stored_later() {
    let world = World::new().await;
    let in_the_way = world.dir.path().join("lake/cuts");
    std::fs::create_dir(world.dir.path().join("lake")).unwrap();
    std::fs::write(&in_the_way, "a file where a directory should be").unwrap();
    let writer = world.start(Config { cut_interval_ms: 50, ..world.config() }).await;
    let first = world.append_spans(3).await;
    world.see(&writer, first).await;
    let last = world.append_spans(2).await;
    world.see(&writer, last).await;
    let (state, spans) = world.snapshot(&writer).await.unwrap();
    assert_eq!((state.committed_seq, spans), (0, each_once(5)));

    std::fs::remove_file(&in_the_way).unwrap();

    wait_until("the cuts are committed", PATIENCE, || async {
        world.tail(&writer).await.is_some_and(|tail| tail.state.committed_seq == last)
    })
    .await;
    assert_eq!(world.stored(last).await, each_once(5));
    writer.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_holds_up_cuts_leaves_no_halves_and_is_used_again_once_there_is_room() {
    let world = World::new().await;
    let Some(disk) = SmallDisk::mount(&world.config().lake_dir) else { return };
    disk.fill();
    let writer = world.start(Config { cut_interval_ms: 50, ..world.config() }).await;
    let first = world.append_spans(300).await;
    world.see(&writer, first).await;
    // A name that only a cut makes.
    let cuts = world.config().lake_dir.join("cuts");
    wait_until("a cut was tried", PATIENCE, || async { cuts.exists() }).await;
    let last = world.append_spans(2).await;
    world.see(&writer, last).await;
    let (state, spans) = world.snapshot(&writer).await.unwrap();
    assert_eq!((state.committed_seq, spans), (0, each_once(302)));
    wait_until("what failed is taken away", PATIENCE, || async { disk.files().is_empty() }).await;

    disk.clear();

    wait_until("all is committed", PATIENCE, || async { world.committed_seq().await == last }).await;
    assert_eq!(world.stored(last).await, each_once(302));
    writer.stop().await;
    assert_eq!(world.billed().await, 302);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_memory_budget_cuts_early_and_loses_nothing() {
    let world = World::new().await;
    let config = Config { memory_budget_bytes: 200_000, cut_interval_ms: 600_000, ..world.config() };
    let writer = world.start(config).await;
    let mut last = 0;
    for _ in 0..40 {
        last = world.append_spans(100).await;
    }
    world.see(&writer, last).await;
    let (state, spans) = world.snapshot(&writer).await.unwrap();
    assert!(state.committed_seq > 0);
    assert_eq!(spans, each_once(4_000));
    writer.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bus_that_restarts_goes_on_where_it_was() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    world.append_spans(2).await;
    world.nats.restart();
    let world_bus = crate::support::connect(&world.nats).await;
    let pack = crate::support::pack(vec![crate::support::entry(&world, &crate::support::request(&world, 3))]);
    let seq = world_bus.jetstream.publish("ing.00", pack).await.unwrap().await.unwrap().sequence;

    world.see(&writer, seq).await;
    assert_eq!(world.snapshot(&writer).await.unwrap().1, each_once(5));
    writer.stop().await;
}
