//! What merging changes for a reader: nothing but the number of segments.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use naru_ids::{ProjectId, SegmentId, UnixMs};
use naru_lake::{
    catalog::{
        SegmentRow,
        compact::{self, Swapped},
        garbage,
    },
    path::{self, MergedName},
    seal::ExtentKey,
    segment::{self, ExtentReader, SealedObject},
    store::Store,
};
use naru_testkit::wait_until;
use naru_writer::Config;

use crate::support::{PATIENCE, World, each_once, pool};

fn eager(world: &World) -> Config {
    Config { cut_interval_ms: 40, compact_after_ms: 120, ..world.config() }
}

/// Cuts without a merge: a segment for each of `counts`, of so many spans. Answers the last sequence.
pub(crate) async fn cuts(world: &World, counts: &[u64]) -> u64 {
    let mut last = 0;
    for &spans in counts {
        let writer = world.start(world.config()).await;
        last = world.append_spans(spans).await;
        world.see(&writer, last).await;
        writer.stop().await;
    }
    last
}

/// Merges segments into an object, as the writer does, and stops before the swap.
async fn merged(world: &World, inputs: &[SegmentRow]) -> SegmentRow {
    let store = Store::open(&world.config().lake()).unwrap();
    let (key, first) = (world.key().await.unwrap(), inputs[0].clone());
    let id = SegmentId::new(UnixMs(7));
    let extent_key = ExtentKey::generate(first.tenant, id, &mut rand::rng());
    let (first_seq, last_seq) = compact::range(inputs).unwrap();
    let SegmentRow { tenant, table, day, .. } = first;
    let path = path::merged(&MergedName { tenant, table, day, level: 1, first_seq, last_seq, segment: id });
    let readers: Vec<_> =
        inputs.iter().map(|row| ExtentReader::of(store.reader(), row, &key).unwrap()).collect();
    let sealed_key = key.wrap(tenant, id, &extent_key, &mut rand::rng());
    let mut object = SealedObject::new(store.begin(&path).unwrap(), extent_key);
    let merged = segment::merge(id, table, &readers, &mut object).await.unwrap().unwrap();
    let (length, path, rows) = (object.finish().await.unwrap(), path.to_string(), merged.rows);
    SegmentRow { id, first_seq, last_seq, level: 1, path, offset: 0, length, sealed_key, rows, ..first }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_every_row_once_while_cuts_are_merged_behind_it() {
    let world = Arc::new(World::new().await);
    let writer = world.start(eager(&world)).await;
    let done = Arc::new(AtomicBool::new(false));
    let sender = {
        let (world, done) = (Arc::clone(&world), Arc::clone(&done));
        tokio::spawn(async move {
            for _ in 0..40 {
                world.append_spans(2).await;
                tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            }
            done.store(true, Ordering::SeqCst);
        })
    };
    let mut views = 0;
    while !done.load(Ordering::SeqCst) {
        let Some((state, spans)) = world.snapshot(&writer).await else { continue };
        assert_eq!(spans, each_once(2 * state.through_seq), "at {state:?}");
        views += 1;
    }
    sender.await.unwrap();
    assert!(views > 5, "{views} views");

    wait_until("all cuts are merged", PATIENCE, || async {
        let segments = world.segments().await;
        segments.iter().all(|row| row.level > 0) && segments.iter().map(|row| row.rows).sum::<u64>() == 80
    })
    .await;
    let prefix = format!("tenants/{}/spans/", world.tenant.hex());
    assert!(world.segments().await.iter().all(|row| row.path.starts_with(&prefix) && row.offset == 0));
    let (state, spans) = world.snapshot(&writer).await.unwrap();
    assert_eq!(spans, each_once(80));
    writer.stop().await;
    assert_eq!(world.stored(state.committed_seq).await, each_once(80));
    assert_eq!(world.billed().await, 80);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_merge_the_same_segments_one_wins_and_old_views_stay_readable() {
    let world = World::new().await;
    let last = cuts(&world, &[3, 4, 5]).await;
    let before = world.segments().await;
    assert_eq!(before.len(), 3);
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    let (one, other) = (merged(&world, &before).await, merged(&world, &before[..2]).await);

    let (a, b) = tokio::join!(
        compact::swap(&jobs, &before, std::slice::from_ref(&one)),
        compact::swap(&jobs, &before[..2], std::slice::from_ref(&other))
    );

    let done = [a.unwrap(), b.unwrap()];
    assert_eq!(done.iter().filter(|swapped| **swapped == Swapped::Done).count(), 1, "{done:?}");
    assert!(done.contains(&Swapped::Lost));
    assert_eq!(world.stored(last).await, each_once(12));
    // Whoever listed them before the swap still reads them.
    assert_eq!(world.read(before.iter()).await, each_once(12));
    // And the loser's object belongs to nobody.
    let paths = [one.path, other.path];
    assert_eq!(garbage::find(&jobs, &paths).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_killed_before_the_swap_has_changed_nothing() {
    let world = World::new().await;
    let last = cuts(&world, &[3, 4]).await;
    let before = world.segments().await;
    let left = merged(&world, &before).await;
    assert_eq!(world.segments().await, before);

    let writer = world.start(eager(&world)).await;
    wait_until("the next writer merges them", PATIENCE, || async {
        world.segments().await.iter().all(|row| row.level > 0)
    })
    .await;
    writer.stop().await;

    assert_eq!(world.stored(last).await, each_once(7));
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    assert_eq!(garbage::find(&jobs, &[left.path]).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swap_whose_object_is_condemned_is_refused_whole() {
    let world = World::new().await;
    cuts(&world, &[3]).await;
    let before = world.segments().await;
    let late = merged(&world, &before).await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let statement = "insert into lake.garbage (path, condemned) values ($1, true)";
    sqlx::query(statement).bind(&late.path).execute(admin.executor()).await.unwrap();
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;

    assert_eq!(compact::swap(&jobs, &before, std::slice::from_ref(&late)).await.unwrap(), Swapped::Collected);

    assert_eq!(world.segments().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_segment_keeps_no_others_from_being_merged() {
    let mut world = World::new().await;
    cuts(&world, &[3]).await;
    let damaged = world.segments().await;
    let bundle = world.lake_dir().join(&damaged[0].path);
    std::fs::write(&bundle, vec![0; std::fs::read(&bundle).unwrap().len()]).unwrap();
    // Another project's, and younger: its pile comes after the damaged one.
    let first = std::mem::replace(&mut world.project, ProjectId::new(UnixMs(2)));
    cuts(&world, &[4]).await;

    let writer = world.start(eager(&world)).await;

    wait_until("the other project's cut is merged", PATIENCE, || async {
        world.segments().await.iter().all(|row| row.level > 0)
    })
    .await;
    writer.stop().await;
    let mut theirs = each_once(7);
    theirs.retain(|id, _| *id > 3);
    assert_eq!(world.stored(u64::MAX).await, theirs);
    world.project = first;
    assert_eq!(world.segments().await, damaged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pile_that_is_never_merged_hides_no_other() {
    let mut world = World::new().await;
    cuts(&world, &[3]).await;
    let lone = std::mem::replace(&mut world.project, ProjectId::new(UnixMs(2)));
    cuts(&world, &[3, 4]).await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let ask = |segments_least| compact::Ask {
        partitions: &[0, 1, 2, 3, 4, 5, 6, 7],
        level: 0,
        settled_s: 0,
        rows_below: u64::MAX >> 1,
        segments_least,
        piles_max: 1,
    };
    let first = async |ask| compact::piles(&admin, &ask).await.unwrap()[0].key.project;
    assert_eq!((first(ask(1)).await, first(ask(2)).await), (lone, world.project));
}

#[tokio::test(flavor = "multi_thread")]
async fn merges_wait_while_memory_is_short_and_go_on_when_it_is_not() {
    let world = World::new().await;
    cuts(&world, &[3, 4]).await;
    let old = world.segments().await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let execute = async |statement: &'static str| {
        sqlx::raw_sql(statement).execute(admin.executor()).await.unwrap();
    };
    // Ripe from 4 s on, overdue from 12 s on; for a start, neither.
    let ripe = "update lake.segment set created_at = now() - interval '6 seconds' where last_seq <= 2";
    execute("update lake.segment set created_at = now() + interval '1 hour'").await;
    // No cut is committed, so that its rows stay in memory; merges could be.
    execute(
        "create function lake.refuse() returns trigger language plpgsql as 'begin raise ''not now''; end'",
    )
    .await;
    execute("create trigger refuse before insert on lake.usage_outbox for each row execute function lake.refuse()")
        .await;
    let config = Config {
        memory_budget_bytes: 64 << 10,
        cut_interval_ms: 50,
        compact_after_ms: 4_000,
        ..world.config()
    };
    let writer = world.spawn(&config).await;
    let last = world.append_spans(400).await;
    world.see(&writer, last).await;
    assert!(writer.metric("writer_tail_bytes").await >= 32_768.0);

    wait_until("merges were put off for some rounds", PATIENCE, || async {
        execute(ripe).await;
        writer.metric("writer_merges_put_off_total").await >= 6.0
    })
    .await;
    assert_eq!(world.segments().await, old);

    execute("drop trigger refuse on lake.usage_outbox").await;
    wait_until("the cut is committed", PATIENCE, || async {
        execute(ripe).await;
        world.committed_seq().await == last
    })
    .await;
    wait_until("the old cuts are merged", PATIENCE, || async {
        execute(ripe).await;
        !world.segments().await.iter().any(|row| old.contains(row))
    })
    .await;
    assert_eq!(world.stored(last).await, each_once(407));
    writer.kill().await;
}
