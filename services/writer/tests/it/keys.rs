//! Tenants' keys: made with the first rows, moved under a new key when the key file has one, needed to read anything.

use naru_lake::KeyRing;
use naru_testkit::wait_until;

use crate::support::{PATIENCE, World, each_once, pool};

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
