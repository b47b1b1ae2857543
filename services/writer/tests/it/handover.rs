//! One writer stops and another takes over, while rows keep coming.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use naru_ids::{TenantId, UnixMs};
use naru_ingest_api::partition_of;
use naru_lake::catalog::read;
use naru_testkit::wait_until;
use naru_writer::Config;
use tokio::task::JoinHandle;

use crate::support::{PATIENCE, Running, World, each_once, make_stream_of, pool};

const PARTITIONS: u16 = 3;

/// With a tenant whose rows lie in the first partition.
async fn world() -> Arc<World> {
    let mut world = World::new().await;
    for partition in 1..PARTITIONS {
        make_stream_of(&world.bus, partition).await;
    }
    let mut tenants = (1..).map(|ms| TenantId::new(UnixMs(ms)));
    world.tenant = tenants.find(|tenant| partition_of(*tenant, PARTITIONS) == 0).unwrap();
    Arc::new(world)
}

/// Two writers that cut only when they must; the first has all partitions.
async fn writers(world: &World) -> (Running, Running) {
    let config = Config { partitions: PARTITIONS, cut_interval_ms: 600_000, ..world.config() };
    let first = world.start(config.clone()).await;
    wait_until("the first has all", PATIENCE, || async { all_are_of(world, "one").await }).await;
    let second = World::start_at_once(Config { owner: "two".to_owned(), ..config }).await;
    (first, second)
}

async fn owners(world: &World) -> Vec<Option<String>> {
    let mut owners = Vec::new();
    for partition in 0..PARTITIONS {
        let row = read::partition(&world.catalog, partition).await.unwrap();
        owners.push(row.and_then(|row| row.owner));
    }
    owners
}

async fn all_are_of(world: &World, owner: &str) -> bool {
    owners(world).await.iter().all(|held| held.as_deref() == Some(owner))
}

/// Packs of one span each, one after the other, until it ends.
struct Sender {
    last: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Sender {
    fn begin(world: &Arc<World>) -> Self {
        let (last, is_over) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let task = {
            let (world, last, is_over) = (Arc::clone(world), Arc::clone(&last), Arc::clone(&is_over));
            tokio::spawn(async move {
                while !is_over.load(Ordering::SeqCst) {
                    last.store(world.append_spans(1).await, Ordering::SeqCst);
                    tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                }
            })
        };
        Self { last, is_over, task }
    }

    fn last(&self) -> u64 {
        self.last.load(Ordering::SeqCst)
    }

    async fn end(self) -> u64 {
        self.is_over.store(true, Ordering::SeqCst);
        self.task.await.unwrap();
        self.last.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_stops_hands_all_it_has_to_another_while_rows_keep_coming() {
    let world = world().await;
    let (first, second) = writers(&world).await;
    let sender = Sender::begin(&world);
    wait_until("some rows were sent", PATIENCE, || async { sender.last() >= 20 }).await;
    world.see(&first, 20).await;
    assert!(world.segments().await.is_empty(), "they are in memory only");
    assert!(world.tail(&second).await.is_none());

    first.stop().await;

    assert!(
        !owners(&world).await.contains(&Some("one".to_owned())),
        "it let go, and nobody waits for a lease to run out"
    );
    wait_until("the second has all", PATIENCE, || async { all_are_of(&world, "two").await }).await;
    let meanwhile = sender.last();
    wait_until("rows come on", PATIENCE, || async { sender.last() > meanwhile }).await;
    let last = sender.end().await;
    world.see(&second, last).await;
    let (state, spans) = world.snapshot(&second).await.unwrap();
    assert_eq!(spans, each_once(last));
    assert!((20..=last).contains(&state.committed_seq), "what the first had, it cut: {state:?}");

    second.stop().await;
    assert_eq!(world.stored(last).await, each_once(last));
    assert_eq!(world.billed().await, last);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stopping_writer_cannot_cut_is_served_and_stored_by_the_next() {
    let world = world().await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let refuse = "create function lake.refuse() returns trigger language plpgsql as $$
                  begin
                      if exists (select 1 from lake.partition where owner = 'one') then
                          raise 'not from this one';
                      end if;
                      return new;
                  end $$;
                  alter function lake.refuse() security definer;
                  create trigger refuse before insert on lake.usage_outbox
                      for each row execute function lake.refuse()";
    sqlx::raw_sql(refuse).execute(admin.executor()).await.unwrap();
    let (first, second) = writers(&world).await;
    let sender = Sender::begin(&world);
    wait_until("some rows were sent", PATIENCE, || async { sender.last() >= 20 }).await;
    world.see(&first, 20).await;

    first.stop().await;

    wait_until("the second has all", PATIENCE, || async { all_are_of(&world, "two").await }).await;
    let last = sender.end().await;
    world.see(&second, last).await;
    let (state, spans) = world.snapshot(&second).await.unwrap();
    assert_eq!((state.committed_seq, spans), (0, each_once(last)), "its tail has what nobody has stored");
    second.stop().await;
    assert_eq!(world.stored(last).await, each_once(last));
    assert_eq!(world.billed().await, last);
}
