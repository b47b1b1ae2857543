//! Tenants' keys: made with the first rows, moved under a new key when the key file has one, needed to read anything.

use naru_lake::{
    KeyRing,
    catalog::compact::{self, Swapped},
};
use naru_signal::Table;
use naru_testkit::wait_until;
use naru_writer::Config;

use crate::{
    compact::cuts,
    operate::operator,
    support::{PATIENCE, World, each_once, pool},
};

const NEWER: &str = "fedcba9876543210fedcba9876543210fedcba9876543210";

async fn wrapped_by(world: &World) -> Vec<String> {
    let pool = pool(&world.postgres.superuser_url()).await;
    let rows: Vec<(String,)> =
        sqlx::query_as("select wrapped_by from lake.tenant_key").fetch_all(pool.executor()).await.unwrap();
    rows.into_iter().map(|(name,)| name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_line_in_the_key_file_takes_over_and_what_was_stored_stays_readable() {
    let world = World::new().await;
    let config = world.config();
    let writer = world.start(config.clone()).await;
    let seq = world.append_spans(2).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    let before = wrapped_by(&world).await;
    assert_eq!(before.len(), 1);

    let older = std::fs::read_to_string(world.lake_key_file()).unwrap();
    std::fs::write(world.lake_key_file(), format!("{NEWER}\n{older}\n")).unwrap();
    let writer = world.start(config).await;
    wait_until("the key is under the new one", PATIENCE, || async { wrapped_by(&world).await != before })
        .await;
    writer.stop().await;

    // The old line is not needed any more, and the new one is.
    std::fs::write(world.lake_key_file(), NEWER).unwrap();
    assert_eq!(world.stored(seq).await, each_once(2));
    std::fs::write(world.lake_key_file(), &older).unwrap();
    let keys = KeyRing::open(world.catalog.clone(), &world.lake_key_file()).unwrap();
    let refused = keys.get(world.tenant).await.unwrap_err();
    assert!(naru_telemetry::chain(&refused).to_string().contains("no longer holds"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_for_a_forgotten_tenant_is_sealed_with_a_new_key_and_merged_at_once() {
    let world = World::new().await;
    let config = Config { cut_interval_ms: 40, compact_after_ms: 120, ..world.config() };
    let writer = world.start(config).await;
    let first = world.append_spans(2).await;
    wait_until("its key is in memory", PATIENCE, || async { world.committed_seq().await == first }).await;
    assert!(operator(&world).await.forget_tenant(world.tenant).await.unwrap().had_key);

    let last = world.append_spans(3).await;

    wait_until("it is stored", PATIENCE, || async { world.committed_seq().await == last }).await;
    let mut later = each_once(5);
    later.retain(|id, _| *id > 2);
    assert_eq!(world.stored(last).await, later);
    wait_until("it is merged", PATIENCE, || async {
        world.segments().await.iter().all(|row| row.level > 0)
            && world.rollups_of(&[Table::RollupDeltas]).await.is_empty()
    })
    .await;
    writer.stop().await;
    assert_eq!(world.stored(last).await, later);
    assert_eq!(world.billed().await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_merged_for_a_tenant_whose_key_is_gone() {
    let world = World::new().await;
    cuts(&world, &[3]).await;
    let before = world.segments().await;
    let admin = pool(&world.postgres.superuser_url()).await;
    // As in the middle of forgetting: the key goes first.
    sqlx::query("delete from lake.tenant_key").execute(admin.executor()).await.unwrap();
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;

    assert_eq!(compact::swap(&jobs, &before, &[]).await.unwrap(), Swapped::Lost);

    assert_eq!(world.segments().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_a_commit_holds_is_changed_by_nobody_who_has_not_named_its_tenant() {
    let world = World::new().await;
    cuts(&world, &[1]).await;
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    let change = "update lake.tenant_key set wrapped = '' where tenant_id = $1";
    let refused = sqlx::query(change).bind(world.tenant.uuid()).execute(jobs.executor()).await.unwrap_err();
    assert!(refused.to_string().contains("row-level security"), "{refused}");
}
