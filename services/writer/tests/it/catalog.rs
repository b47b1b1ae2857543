//! The catalog's own promises: whose rows are whose, and who may do what.

use naru_ids::TenantId;
use naru_lake::catalog;
use naru_signal::Table;
use naru_testkit::wait_until;

use crate::support::{PATIENCE, World, pool};

#[tokio::test(flavor = "multi_thread")]
async fn every_table_with_a_tenant_forces_row_level_security() {
    let world = World::new().await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let bare: Vec<(String,)> = sqlx::query_as(
        "select c.relname::text
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
           join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
          where n.nspname = 'lake'
            and c.relkind = 'r'
            and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .fetch_all(admin.executor())
    .await
    .unwrap();
    assert_eq!(bare, Vec::<(String,)>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_its_own_tenant_s_segments_and_changes_nothing() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let seq = world.append_spans(1).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    assert_eq!(world.segments().await.len(), 1);

    let stranger = TenantId::new(naru_ids::UnixMs(9));
    let mut tx = world.catalog.begin_tenant(stranger).await.unwrap();
    let theirs = catalog::read::segments(&mut tx, world.project, &[Table::Spans], 0, i64::MAX).await.unwrap();
    assert!(theirs.is_empty());
    drop(tx);

    for statement in [
        "delete from lake.segment",
        "update lake.partition set committed_seq = 0",
        "select 1 from lake.entry",
        "select 1 from lake.usage_outbox",
        "insert into lake.partition (partition) values (77)",
    ] {
        let refused = sqlx::query(statement).execute(world.catalog.executor()).await.unwrap_err();
        let code = refused.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
        assert_eq!(code.as_deref(), Some("42501"), "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writer_cannot_write_a_row_for_a_tenant_it_has_not_named() {
    let world = World::new().await;
    let writer = pool(&world.postgres.url_for("naru_writer")).await;
    let mut tx = writer.begin().await.unwrap();
    tx.set_tenant(world.tenant).await.unwrap();
    let refused = sqlx::query(
        "insert into lake.usage_outbox (id, tenant_id, project_id, signal, hour, items, bytes)
         values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, now(), 1, 1)",
    )
    .execute(&mut *tx)
    .await;
    assert!(refused.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_past_retention_are_dropped_and_entry_ids_are_forgotten_after_their_hour() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let seq = world.append_spans(1).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    let admin = pool(&world.postgres.superuser_url()).await;
    for statement in [
        "update lake.segment set day = day - 20",
        "update lake.entry set committed_at = now() - interval '61 minutes'",
    ] {
        sqlx::query(statement).execute(admin.executor()).await.unwrap();
    }
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;

    assert_eq!(catalog::commit::recent_entries(&jobs, 0).await.unwrap(), []);
    assert_eq!(catalog::expire::entries(&jobs).await.unwrap(), 1);
    let writer = world.start(world.config()).await;

    wait_until("the segment is dropped", PATIENCE, || async { world.segments().await.is_empty() }).await;
    assert_eq!(world.tail(&writer).await.unwrap().state.committed_seq, seq);
    writer.stop().await;
}
