//! Who owns a partition, and what a new owner finds.

use naru_ingest_api::stream_name;
use naru_lake::{catalog::lease, catalog::read};
use naru_testkit::wait_until;
use naru_writer::Config;

use crate::support::{PATIENCE, World, each_once, make_stream, pool};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_writer_s_successor_replays_without_loss_or_double() {
    let world = World::new().await;
    let config = Config { cut_interval_ms: 150, ..world.config() };
    let mut last = 0;
    for round in 0..6 {
        let writer = world.start(config.clone()).await;
        for _ in 0..5 {
            last = world.append_spans(3).await;
        }
        // Kills fall before, in and after a cut.
        tokio::time::sleep(std::time::Duration::from_millis(40 * round)).await;
        writer.kill().await;
    }
    let writer = world.start(config).await;
    let (state, spans) = world.snapshot(&writer).await.unwrap();
    assert_eq!((state.through_seq, state.replaying), (last, false));
    assert_eq!(spans, each_once(90));

    writer.stop().await;
    assert_eq!(world.stored(last).await, each_once(90));
    assert_eq!(world.billed().await, 90);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_with_a_hole_on_the_bus_stops_and_goes_on_once_somebody_acted() {
    let world = World::new().await;
    let before = world.append_spans(1).await;
    let hole = world.append_spans(1).await;
    let after = world.append_spans(1).await;
    let stream = world.bus.jetstream.get_stream(stream_name(0)).await.unwrap();
    stream.delete_message(hole).await.unwrap();
    let writer = World::start_at_once(world.config()).await;
    wait_until("the writer has met the hole twice and let go", PATIENCE, || async {
        let row = read::partition(&world.catalog, 0).await.unwrap();
        row.is_some_and(|row| row.epoch == 2 && row.lease_until_ms.is_none())
    })
    .await;
    writer.stop().await;
    assert!(world.segments().await.iter().all(|row| row.last_seq == before));

    // What its log says to do.
    let admin = pool(&world.postgres.superuser_url()).await;
    let statement = "update lake.partition set committed_seq = $1 where partition = 0";
    sqlx::query(statement).bind(i64::try_from(hole).unwrap()).execute(admin.executor()).await.unwrap();
    let writer = world.start(world.config()).await;
    world.see(&writer, after).await;
    writer.stop().await;
    let row = read::partition(&world.catalog, 0).await.unwrap().unwrap();
    assert_eq!(row.committed_seq, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_lost_its_partition_commits_nothing() {
    let world = World::new().await;
    let zombie = world.start(Config { cut_interval_ms: 600_000, ..world.config() }).await;
    let seq = world.append_spans(4).await;
    world.see(&zombie, seq).await;
    let pool = pool(&world.postgres.url_for("naru_writer")).await;
    let bid = lease::Bid {
        owner: "one",
        flight_url: "http://127.0.0.1:1",
        ttl: std::time::Duration::from_secs(600),
    };
    let taken = lease::take(&pool, 0, &bid).await.unwrap().unwrap();

    zombie.stop().await;

    assert!(world.segments().await.is_empty());
    assert_eq!(world.billed().await, 0);
    let row = read::partition(&world.catalog, 0).await.unwrap().unwrap();
    assert_eq!((row.epoch, row.committed_seq, row.owner.as_deref()), (taken.epoch, 0, Some("one")));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_writers_never_own_one_partition_and_the_second_takes_over() {
    let world = World::new().await;
    let first = world.start(world.config()).await;
    let second = World::start_at_once(Config { owner: "two".to_owned(), ..world.config() }).await;
    let seq = world.append_spans(2).await;
    world.see(&first, seq).await;
    assert!(world.tail(&second).await.is_none());

    first.stop().await;
    wait_until("the second takes over", PATIENCE, || async { world.tail(&second).await.is_some() }).await;

    let (state, spans) = world.snapshot(&second).await.unwrap();
    assert_eq!((state.committed_seq, spans), (seq, each_once(2)));
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_was_made_anew_stops_the_partition() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let seq = world.append_spans(2).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    world.bus.jetstream.delete_stream("ING_00").await.unwrap();
    make_stream(&world.bus).await;
    world.append_spans(2).await;

    let writer = World::start_at_once(world.config()).await;
    wait_until("the second writer took the partition and let it go", PATIENCE, || async {
        let row = read::partition(&world.catalog, 0).await.unwrap().unwrap();
        row.epoch == 2 && row.owner.is_none()
    })
    .await;

    assert!(world.tail(&writer).await.is_none());
    writer.stop().await;
    assert_eq!(world.stored(u64::MAX).await, each_once(2));
}
