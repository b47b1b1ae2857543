//! Something a writer needs is away, and comes back.

use std::time::Duration;

use naru_ids::{TenantId, UnixMs};
use naru_ingest_api::{partition_of, subject};
use naru_lake::store::Store;
use naru_otlp::pack::PackedEntry;
use naru_signal::Table;
use naru_testkit::{Gate, SmallDisk, wait_until};
use naru_writer::Config;
use naru_writer_api::TailTicket;

use crate::support::{PATIENCE, World, each_once, entry, make_stream_of, pack, read_tail, request};

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
    let Some(disk) = SmallDisk::mount(&world.lake_dir(), 1 << 20) else { return };
    disk.fill();
    let writer = world.start(Config { cut_interval_ms: 50, ..world.config() }).await;
    let first = world.append_spans(300).await;
    world.see(&writer, first).await;
    // A name that only a cut makes.
    let cuts = world.lake_dir().join("cuts");
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
async fn a_flood_that_cannot_be_stored_hides_no_rows_of_another_partition() {
    const FLOOD: u64 = 60;
    let world = World::new().await;
    make_stream_of(&world.bus, 1).await;
    std::fs::create_dir(world.dir.path().join("lake")).unwrap();
    std::fs::write(world.dir.path().join("lake/cuts"), "a file where a directory should be").unwrap();
    let config = Config { partitions: 2, memory_budget_bytes: 400_000, ..world.config() };
    let writer = World::start_at_once(config).await;
    let tenants = [0, 1].map(|partition| tenant_of(partition, 2));
    let append = async |partition: u16, spans: u64| {
        let entry =
            PackedEntry { tenant: tenants[usize::from(partition)], ..entry(&world, &request(&world, spans)) };
        let ack = world.bus.jetstream.publish(subject(partition), pack(vec![entry])).await.unwrap();
        ack.await.unwrap().sequence
    };
    let through = async |partition: u16| {
        let ticket = TailTicket {
            v: 1,
            tenant: tenants[usize::from(partition)],
            project: world.project,
            table: Table::Spans,
            kinds: Vec::new(),
            from_ns: 0,
            to_ns: i64::MAX,
            trace_ids: None,
            columns: vec!["span_id".to_owned()],
        };
        read_tail(&writer, &ticket).await.map_or(0, |tail| tail.state.through_seq)
    };
    for _ in 0..FLOOD {
        append(0, 100).await;
    }
    // The flood has stopped, and the quiet tenant's next spans are seen all the same.
    wait_until("a quiet tenant is seen while the flood waits", PATIENCE, || async {
        let before = through(0).await;
        let seq = append(1, 1).await;
        wait_until("the quiet tenant is seen", PATIENCE, || async { through(1).await >= seq }).await;
        before > 0 && before < FLOOD && through(0).await == before
    })
    .await;
    writer.kill().await;
}

/// A new tenant whose rows go to this partition.
fn tenant_of(partition: u16, partitions: u16) -> TenantId {
    let tenants = (1..).map(|ms| TenantId::new(UnixMs(ms)));
    tenants.into_iter().find(|tenant| partition_of(*tenant, partitions) == partition).unwrap()
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

#[tokio::test(flavor = "multi_thread")]
async fn tries_to_put_an_entry_aside_leave_no_bundles_behind() {
    let world = World::new().await;
    let store = Store::open(&world.config().lake()).unwrap();
    let place = world.lake_dir().join("quarantine");
    std::fs::write(&place, "a file where a directory should be").unwrap();
    let writer = world.start(Config { cut_interval_ms: 10, ..world.config() }).await;
    let broken = entry(&world, &bytes::Bytes::from_static(&[0x0a, 0x7f, 0x00]));
    let seq = world.append(pack(vec![broken, entry(&world, &request(&world, 2))])).await;
    world.see(&writer, seq).await;
    // A few tries; that they leave nothing, nothing tells.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((world.committed_seq().await, store.list("cuts").await.unwrap().len()), (0, 0));

    std::fs::remove_file(&place).unwrap();

    wait_until("it is put aside", PATIENCE, || async { world.committed_seq().await == seq }).await;
    writer.stop().await;
    assert_eq!(store.list("cuts").await.unwrap().len(), 1);
    assert_eq!(store.list("quarantine").await.unwrap().len(), 1);
    assert_eq!(world.stored(seq).await, each_once(2));
}
