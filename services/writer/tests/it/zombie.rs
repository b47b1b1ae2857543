//! A writer that was frozen, lost its partition meanwhile, and wakes up believing it still owns it.

use naru_testkit::{Gate, Trap, wait_until};
use naru_writer::Config;

use crate::support::{PATIENCE, World, each_once, pool};

/// As long as nobody renews it, in the place of waiting.
async fn lease_runs_out(world: &World) {
    let admin = pool(&world.postgres.superuser_url()).await;
    let statement = "update lake.partition set lease_until = now() - interval '1 second'";
    sqlx::query(statement).execute(admin.executor()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_wakes_up_without_its_partition_stores_and_bills_nothing() {
    let world = World::new().await;
    let zombie = world.spawn(&Config { cut_interval_ms: 3_000, ..world.config() }).await;
    let first = world.append_spans(4).await;
    world.see(&zombie, first).await;
    zombie.freeze();
    lease_runs_out(&world).await;
    let heir = world.start(Config { owner: "two".to_owned(), cut_interval_ms: 100, ..world.config() }).await;
    let last = world.append_spans(3).await;
    wait_until("the heir has stored all", PATIENCE, || async { world.committed_seq().await == last }).await;
    let segments = world.segments().await;

    zombie.thaw();
    wait_until("the zombie lets go", PATIENCE, || async { world.tail(&zombie).await.is_none() }).await;

    assert_eq!(
        (world.segments().await, world.committed_seq().await, world.epoch().await),
        (segments, last, 2)
    );
    zombie.kill().await;
    heir.stop().await;
    assert_eq!((world.stored(last).await, world.billed().await), (each_once(7), 7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_frozen_inside_its_commit_does_not_hold_up_its_heir() {
    let world = World::new().await;
    let admin = pool(&world.postgres.superuser_url()).await;
    // A minute in production, by infra/postgres/roles.sql.
    let impatient = "do $$ begin execute format(
        'alter role naru_writer in database %I set idle_in_transaction_session_timeout = ''2s''', current_database()
    ); end $$";
    sqlx::raw_sql(impatient).execute(admin.executor()).await.unwrap();
    let gate = Gate::to(world.postgres.addr()).await;
    let sprung = gate.set(Trap::before(&["set committed_seq", "insert into lake.entry"]));
    let postgres_url = world.postgres.url_through(&gate, "naru_writer");
    let zombie = world.spawn(&Config { postgres_url, cut_interval_ms: 300, ..world.config() }).await;
    let last = world.append_spans(4).await;
    sprung.wait().await;
    zombie.freeze();
    let heir = Config { owner: "two".to_owned(), ..world.config() };
    let heir = World::start_at_once(heir).await;
    wait_until("the server ended the zombie's transaction", PATIENCE, || async {
        lease_runs_out(&world).await;
        world.epoch().await == 2
    })
    .await;

    zombie.thaw();
    wait_until("the heir has it all", PATIENCE, || async { world.snapshot(&heir).await.is_some() }).await;
    world.see(&heir, last).await;
    heir.stop().await;
    zombie.kill().await;
    assert_eq!((world.stored(last).await, world.billed().await), (each_once(4), 4));
}
