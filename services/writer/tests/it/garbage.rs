//! What is deleted of the lake, and when: nothing that a row points to, will point to, or pointed to a moment ago.

use bytes::Bytes;
use naru_ids::{SegmentId, UnixMs};
use naru_lake::{
    catalog::{
        SegmentRow,
        commit::{Cut, Outcome, commit},
        garbage, lease, read,
    },
    seal::WrappedKey,
    store::Store,
};
use naru_postgres::Pool;
use naru_signal::Table;
use naru_testkit::wait_until;
use object_store::path::Path;

use crate::support::{PATIENCE, World, pool};

/// A cut of one segment in the object `path`, after `prev_seq`.
fn cut(world: &World, epoch: i64, prev_seq: u64, path: &str) -> Cut {
    let segment = SegmentRow {
        id: SegmentId::new(UnixMs(1)),
        tenant: world.tenant,
        project: world.project,
        table: Table::Spans,
        day: 20_778,
        partition: 0,
        first_seq: prev_seq + 1,
        last_seq: prev_seq + 1,
        level: 0,
        path: path.to_owned(),
        offset: 0,
        length: 1,
        sealed_key: WrappedKey(vec![1]),
        rows: 1,
        min_start_ns: 1,
        max_start_ns: 2,
    };
    Cut { partition: 0, epoch, prev_seq, last_seq: prev_seq + 1, segments: vec![segment], ..Cut::default() }
}

/// The catalog with partition 0 taken, as the writer's role, and the epoch.
async fn taken(world: &World) -> (Pool, i64) {
    let writer = pool(&world.postgres.url_for("naru_writer")).await;
    lease::ensure(&writer, 1).await.unwrap();
    let bid = lease::Bid { owner: "one", flight_url: "", ttl: PATIENCE };
    let taken = lease::take(&writer, 0, &bid).await.unwrap().unwrap();
    (writer, taken.epoch)
}

pub(crate) async fn age_of_marks(world: &World, hours: u32) {
    let admin = pool(&world.postgres.superuser_url()).await;
    let statement = "update lake.garbage set found_at = found_at - $1 * interval '1 hour'";
    sqlx::query(statement).bind(f64::from(hours)).execute(admin.executor()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_condemned_a_day_after_it_was_first_found_without_a_row() {
    let world = World::new().await;
    let (writer, epoch) = taken(&world).await;
    let paths = ["cuts/kept".to_owned(), "cuts/left".to_owned()];
    assert_eq!(commit(&writer, &cut(&world, epoch, 0, "cuts/kept")).await.unwrap(), Outcome::Committed);

    assert_eq!(garbage::find(&writer, &paths).await.unwrap(), 1);
    age_of_marks(&world, 23).await;
    assert_eq!(garbage::find(&writer, &paths).await.unwrap(), 1);
    assert!(garbage::condemn(&writer, garbage::GRACE_S).await.unwrap().is_empty());

    age_of_marks(&world, 2).await;
    let condemned = garbage::condemn(&writer, garbage::GRACE_S).await.unwrap();
    assert_eq!(condemned, ["cuts/left"]);
    // A collector that was killed before it deleted them finds them again.
    assert_eq!(garbage::condemn(&writer, garbage::GRACE_S).await.unwrap(), condemned);
    garbage::forget(&writer, &condemned).await.unwrap();
    assert!(garbage::condemn(&writer, garbage::GRACE_S).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_saves_its_objects_and_one_that_comes_too_late_is_refused_whole() {
    let world = World::new().await;
    let (writer, epoch) = taken(&world).await;
    let found = |path: &str| [path.to_owned()];

    garbage::find(&writer, &found("cuts/late")).await.unwrap();
    age_of_marks(&world, 25).await;
    assert_eq!(commit(&writer, &cut(&world, epoch, 0, "cuts/late")).await.unwrap(), Outcome::Committed);
    assert!(garbage::condemn(&writer, garbage::GRACE_S).await.unwrap().is_empty());

    garbage::find(&writer, &found("cuts/too-late")).await.unwrap();
    age_of_marks(&world, 25).await;
    assert_eq!(garbage::condemn(&writer, garbage::GRACE_S).await.unwrap(), ["cuts/too-late"]);
    assert_eq!(commit(&writer, &cut(&world, epoch, 1, "cuts/too-late")).await.unwrap(), Outcome::Collected);
    let row = read::partition(&world.catalog, 0).await.unwrap().unwrap();
    assert_eq!((row.committed_seq, world.segments().await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writer_deletes_what_is_condemned_and_keeps_the_rest() {
    let world = World::new().await;
    let store = Store::open(&world.config().lake()).unwrap();
    let names = ["cuts/2026-11-01/00/condemned.bundle", "cuts/2026-11-01/00/young.bundle"];
    for name in names {
        store.create(&Path::from(name), vec![Bytes::from_static(b"x")]).await.unwrap();
    }
    let writer = pool(&world.postgres.url_for("naru_writer")).await;
    garbage::find(&writer, &[names[0].to_owned()]).await.unwrap();
    age_of_marks(&world, 25).await;

    let running = world.start(world.config()).await;

    wait_until("the condemned object is gone", PATIENCE, || async {
        store.list("cuts").await.unwrap().iter().all(|object| object.location.as_ref() != names[0])
    })
    .await;
    running.stop().await;
    let left: Vec<String> =
        store.list("cuts").await.unwrap().iter().map(|o| o.location.to_string()).collect();
    assert_eq!(left, [names[1]]);
}
