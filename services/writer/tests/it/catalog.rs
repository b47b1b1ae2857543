//! The catalog's own promises: whose rows are whose, and who may do what.

use naru_ids::TenantId;
use naru_lake::catalog::{
    self,
    commit::{Cut, Outcome, commit, recent_entries},
    expire, lease, recent,
};
use naru_postgres::Pool;
use naru_signal::Table;
use naru_testkit::wait_until;

use crate::support::{PATIENCE, World, now_ms, pool};

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
async fn segments_past_retention_are_dropped() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let seq = world.append_spans(1).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let age = "update lake.segment set day = day - 20";
    sqlx::query(age).execute(admin.executor()).await.unwrap();

    let writer = world.start(world.config()).await;

    wait_until("the segment is dropped", PATIENCE, || async { world.segments().await.is_empty() }).await;
    assert_eq!(world.tail(&writer).await.unwrap().state.committed_seq, seq);
    writer.stop().await;
}

const HOUR_MS: u64 = 3_600_000;

/// Commits cuts of one entry each: (its id, when the bus had it).
async fn commit_entries(jobs: &Pool, partition: u16, entries: &[(u128, u64)]) {
    let bid = lease::Bid { owner: "one", flight_url: "", ttl: PATIENCE };
    let taken = lease::take(jobs, partition, &bid).await.unwrap().unwrap();
    for (prev_seq, &(id, at_ms)) in (taken.committed_seq..).zip(entries) {
        let entries = vec![(id, prev_seq + 1)];
        let cut = Cut {
            partition,
            epoch: taken.epoch,
            prev_seq,
            last_seq: prev_seq + 1,
            at_ms,
            entries,
            ..Cut::default()
        };
        assert_eq!(commit(jobs, &cut).await.unwrap(), Outcome::Committed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_id_is_forgotten_an_hour_of_its_stream_later_whatever_the_clock_says() {
    let world = World::new().await;
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    lease::ensure(&jobs, 2).await.unwrap();
    // Long ago by the clock, all of it.
    let at_ms = now_ms() - 50 * HOUR_MS;
    commit_entries(&jobs, 0, &[(1, at_ms), (2, at_ms + 1), (3, at_ms + HOUR_MS)]).await;
    commit_entries(&jobs, 1, &[(1, at_ms - 9 * HOUR_MS)]).await;
    assert_eq!(expire::entries(&jobs).await.unwrap(), 0, "an hour is not more than an hour");
    let all = [(1, at_ms), (2, at_ms + 1), (3, at_ms + HOUR_MS)];
    assert_eq!(recent_entries(&jobs, 0).await.unwrap(), all);

    commit_entries(&jobs, 0, &[(4, at_ms + HOUR_MS + 1)]).await;

    let recent = [(2, at_ms + 1), (3, at_ms + HOUR_MS), (4, at_ms + HOUR_MS + 1)];
    assert_eq!(recent_entries(&jobs, 0).await.unwrap(), recent);
    assert_eq!(expire::entries(&jobs).await.unwrap(), 1);
    assert_eq!(expire::entries(&jobs).await.unwrap(), 0);
    assert_eq!(recent_entries(&jobs, 0).await.unwrap(), recent);
    assert_eq!(recent_entries(&jobs, 1).await.unwrap(), [(1, at_ms - 9 * HOUR_MS)], "nobody reads it");

    // An id that comes again after its hour is as young as its newest cut.
    commit_entries(&jobs, 0, &[(2, at_ms + 2 * HOUR_MS)]).await;
    assert_eq!(recent_entries(&jobs, 0).await.unwrap()[2], (2, at_ms + 2 * HOUR_MS));
}

#[tokio::test(flavor = "multi_thread")]
async fn entry_ids_from_before_streams_times_were_noted_are_forgotten_by_the_clock() {
    let world = World::new().await;
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    lease::ensure(&jobs, 1).await.unwrap();
    let statement = "insert into lake.entry (partition, id, seq, committed_at)
                     values (0, decode(repeat('00', 15) || '01', 'hex'), 1, now() - interval '61 minutes'),
                            (0, decode(repeat('00', 15) || '02', 'hex'), 2, now() - interval '59 minutes')";
    sqlx::query(statement).execute(jobs.executor()).await.unwrap();
    let ids = async || -> Vec<u128> {
        recent_entries(&jobs, 0).await.unwrap().into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(ids().await, [2]);

    commit_entries(&jobs, 0, &[(3, now_ms())]).await;

    assert_eq!(ids().await, [2, 3]);
    assert_eq!(expire::entries(&jobs).await.unwrap(), 1);
    assert_eq!(ids().await, [2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_partition_stored_last_is_told_by_its_stream_and_not_by_when_rows_were_written() {
    let world = World::new().await;
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    lease::ensure(&jobs, 1).await.unwrap();
    let at_ms = now_ms() - HOUR_MS;
    // Four cuts, a minute apart in the stream.
    let cuts: Vec<(u128, u64)> =
        (1..=4).map(|id| (id, at_ms + u64::try_from(id).unwrap() * 60_000)).collect();
    commit_entries(&jobs, 0, &cuts).await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let segment = "insert into lake.segment
                          (id, tenant_id, project_id, holds, day, partition, first_seq, last_seq, level, path,
                           byte_offset, byte_length, row_count, min_start_ns, max_start_ns, sealed_key, created_at)
                   select gen_random_uuid(), $1, $2, 1, current_date, 0, first, last, 1, 'tenants/none', last, 1, 1, 1, 1,
                          '', at
                     from (values (1, 2, now()), (3, 3, now() - interval '1 day'), (2, 4, now())) as row (first, last, at)";
    sqlx::query(segment)
        .bind(world.tenant.uuid())
        .bind(world.project.uuid())
        .execute(admin.executor())
        .await
        .unwrap();

    let found = recent::spans_of_partition(&jobs, 0, 90_000).await.unwrap();

    let ranges: Vec<(u64, u64)> = found.segments.iter().map(|row| (row.first_seq, row.last_seq)).collect();
    assert_eq!(ranges, [(2, 4), (3, 3)], "what ends before the last ninety seconds was merged just now");
    assert_eq!((found.newest_ms, found.is_whole), (i64::try_from(at_ms).unwrap() + 240_000, true));
    assert_eq!(recent::spans_of_partition(&jobs, 1, 90_000).await.unwrap().segments, []);
}
