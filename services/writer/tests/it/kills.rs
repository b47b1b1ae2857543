//! A writer's process is killed at a named point between object, commit and what follows. Whoever comes next finds
//! everything, once.
//!
//! The point is named by what the process says to Postgres: a trap on that connection holds it there, so that nothing in
//! the writer itself knows of these tests.

use naru_lake::store::Store;
use naru_testkit::{Gate, Trap, wait_until};
use naru_writer::Config;

use crate::support::{PATIENCE, World, each_once};

/// First word of a commit; nothing is changed before it.
const LOCKS: &str = "for update";
const MOVES: &str = "set committed_seq";

/// Kills a writer in the trap, after it has read nine spans, and answers what it left: (committed sequence, objects).
/// Then the next one must find them all, store them once and bill them once.
async fn killed_at(trap: Trap) -> (u64, usize) {
    let world = World::new().await;
    let gate = Gate::to(world.postgres.addr()).await;
    let sprung = gate.set(trap);
    let postgres_url = world.postgres.url_through(&gate, "naru_writer");
    let mut last = 0;
    for _ in 0..3 {
        last = world.append_spans(3).await;
    }
    let victim = world.spawn(&Config { postgres_url, cut_interval_ms: 300, ..world.config() }).await;
    sprung.wait().await;
    victim.kill().await;
    let objects = Store::open(&world.config().lake_dir).unwrap().list("cuts").await.unwrap().len();
    let left = (world.committed_seq().await, objects);

    let next = world.start(world.config()).await;
    assert_eq!(world.snapshot(&next).await.unwrap().1, each_once(9));
    next.stop().await;
    assert_eq!((world.committed_seq().await, world.stored(last).await), (last, each_once(9)));
    assert_eq!(world.billed().await, 9);
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_object_and_commit_nothing_is_lost_or_doubled() {
    assert_eq!(killed_at(Trap::before(&[LOCKS])).await, (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_inside_the_commit_nothing_of_it_is_there() {
    assert_eq!(killed_at(Trap::before(&[MOVES, "insert into lake.usage_outbox"])).await, (0, 1));
    assert_eq!(killed_at(Trap::after(&[MOVES, "insert into lake.entry"])).await, (0, 1));
    assert_eq!(killed_at(Trap::before(&[MOVES, "COMMIT"])).await, (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_commit_and_its_answer_nothing_is_doubled() {
    let (committed_seq, objects) = killed_at(Trap::after(&[MOVES, "COMMIT"])).await;
    assert!(committed_seq > 0 && objects == 1, "{committed_seq}, {objects}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_when_usage_is_on_the_bus_and_still_in_the_outbox_it_is_billed_once() {
    let (committed_seq, _) = killed_at(Trap::before(&["delete from lake.usage_outbox"])).await;
    assert!(committed_seq > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_known_again_and_not_repeated() {
    assert_eq!(cut_at(Trap::after(&[MOVES, "COMMIT"])).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_came_to_postgres_is_sent_again() {
    assert_eq!(cut_at(Trap::before(&[MOVES, "COMMIT"])).await, 1);
    assert_eq!(cut_at(Trap::after(&[MOVES, "insert into lake.entry"])).await, 1);
}

/// The writer's connection breaks in the trap, and the writer lives on. Answers how many owners the partition has had.
async fn cut_at(trap: Trap) -> i64 {
    let world = World::new().await;
    let gate = Gate::to(world.postgres.addr()).await;
    let sprung = gate.set(trap);
    let postgres_url = world.postgres.url_through(&gate, "naru_writer");
    let writer = world.start(Config { postgres_url, cut_interval_ms: 100, ..world.config() }).await;
    world.append_spans(4).await;
    sprung.wait().await;
    let last = world.append_spans(3).await;
    gate.cut();

    wait_until("all is committed", PATIENCE, || async { world.committed_seq().await == last }).await;
    let owners = world.epoch().await;
    assert_eq!(world.snapshot(&writer).await.unwrap().1, each_once(7));
    writer.stop().await;
    assert_eq!((world.stored(last).await, world.billed().await), (each_once(7), 7));
    owners
}
