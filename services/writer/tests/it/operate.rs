//! What an operator does to a tenant's data, and what is left of it.

use std::fs::File;

use arrow::array::{AsArray, RecordBatch};
use naru_ids::{SegmentId, UnixMs};
use naru_lake::{
    Error, KeyRing,
    catalog::{SegmentRow, compact::Swapped, erase, expire, read, retention},
    rollup::Kind,
    seal::ExtentKey,
    segment::{self, ExtentReader, Matching, SealedObject},
    store::Store,
};
use naru_signal::Table;
use naru_testkit::wait_until;
use naru_writer::{
    Config,
    operate::{Erasure, Export, Operator, Recompute},
};
use object_store::path::Path;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::{
    compact::cuts,
    rollups::{APDEX_NS, assert_is_recomputed, recomputed},
    support::{PATIENCE, World, each_once, entry, now_ms, pack, pool, request_at},
};

pub(crate) async fn operator(world: &World) -> Operator {
    let pool = pool(&world.postgres.url_for("naru_writer")).await;
    Operator::new(pool, &world.config().lake(), &world.lake_key_file()).unwrap()
}

pub(crate) fn erasure(world: &World, value: &str) -> Erasure {
    let (tenant, project) = (world.tenant, world.project);
    let (key, value) = ("user.id".to_owned(), value.to_owned());
    Erasure { tenant, project, key, value, apdex_ns: APDEX_NS, retention_days: 14 }
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_rows_are_gone_from_cuts_and_merged_segments_and_no_others_are() {
    let world = World::new().await;
    let last = cuts(&world, &[3, 4]).await;
    let merging = world.start(Config { compact_after_ms: 50, ..world.config() }).await;
    wait_until("the cuts are merged", PATIENCE, || async {
        world.segments().await.iter().all(|row| row.level > 0)
    })
    .await;
    merging.stop().await;
    let last = cuts(&world, &[5]).await.max(last);
    let before = world.segments().await;

    let erased = operator(&world).await.erase(&erasure(&world, "user-1")).await.unwrap();

    // Of 1 to 12: 1, 4, 7 and 10.
    assert_eq!(erased[&Table::Spans].rows, 4);
    assert!(!erased[&Table::Spans].hours_ns.is_empty());
    assert_eq!(erased[&Table::LogRecords].rows, 0);
    let mut expected = each_once(12);
    expected.retain(|id, _| id % 3 != 1);
    assert_eq!(world.stored(last).await, expected);
    assert!(world.segments().await.iter().all(|row| !before.contains(row)), "every segment had some");

    // Dashboards count what is left, in merged sums and in those of the last cut.
    assert_is_recomputed(&world).await;
    let rollups = world.rollups().await;
    let of_project = rollups.iter().filter(|(key, _)| key.kind == Kind::Project);
    assert_eq!(of_project.map(|(_, sum)| sum.total()).sum::<u64>(), 8);

    let untouched = world.segments().await;
    let none = operator(&world).await.erase(&erasure(&world, "user-9")).await.unwrap();
    assert_eq!((none[&Table::Spans].rows, world.segments().await), (0, untouched));
}

/// Takes rows away as an erasure does, and ends there.
async fn erase_and_be_killed(world: &World, value: &str) {
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    let (store, key) = (Store::open(&world.config().lake()).unwrap(), world.key().await.unwrap());
    let Erasure { key: name, value, .. } = erasure(world, value);
    let matching = Matching { key: name, value };
    for row in world.segments().await {
        let new = SegmentRow { id: SegmentId::new(UnixMs(now_ms())), ..row.clone() };
        let extent_key = ExtentKey::generate(new.tenant, new.id, &mut rand::rng());
        let sealed_key = key.wrap(new.tenant, new.id, &extent_key, &mut rand::rng());
        let path = Path::from(format!("tenants/{}", new.id.hex()));
        let mut object = SealedObject::new(store.begin(&path).unwrap(), extent_key);
        let reader = ExtentReader::of(store.reader(), &row, &key).unwrap();
        let (merged, erased) =
            segment::merge_without(new.id, row.table, &[reader], &matching, &mut object).await.unwrap();
        let Some(merged) = merged else { continue };
        let (length, path, rows) = (object.finish().await.unwrap(), path.to_string(), merged.rows);
        let new = SegmentRow { path, offset: 0, length, sealed_key, rows, ..new };
        assert_eq!(erase::swap(&jobs, &row, Some(&new), &erased.hours_ns).await.unwrap(), Swapped::Done);
    }
}

async fn stale(world: &World) -> usize {
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    let mut tx = jobs.begin_tenant(world.tenant).await.unwrap();
    erase::stale(&mut tx, world.project, 0).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_that_a_killed_erasure_left_stale_are_counted_anew_by_the_next() {
    let world = World::new().await;
    cuts(&world, &[3, 4]).await;
    assert_is_recomputed(&world).await;
    erase_and_be_killed(&world, "user-1").await;
    assert!(!recomputed(&world).await.differences.is_empty(), "sums still count what is gone");
    assert!(stale(&world).await > 0);

    let erased = operator(&world).await.erase(&erasure(&world, "user-1")).await.unwrap();

    assert_eq!(erased[&Table::Spans].rows, 0, "there is nothing left to erase");
    assert_is_recomputed(&world).await;
    // Young hours stay marked: a writer may still hold one end of an erased call.
    assert!(stale(&world).await > 0);
    let admin = pool(&world.postgres.superuser_url()).await;
    let statement = "update lake.stale_rollup set marked_at = marked_at - interval '10 minutes'";
    sqlx::query(statement).execute(admin.executor()).await.unwrap();
    operator(&world).await.erase(&erasure(&world, "user-1")).await.unwrap();
    assert_eq!(stale(&world).await, 0);
    assert_is_recomputed(&world).await;
}

/// Erases, lets the spans of three days ago pass their retention, and erases something else.
async fn old_sums_stay(own_days: Option<u32>, usual_days: u32) {
    let world = World::new().await;
    let old_ms = now_ms() - 3 * 86_400_000;
    let writer = world.start(world.config()).await;
    world.append(pack(vec![entry(&world, &request_at(&world, 6, old_ms))])).await;
    let seq = world.append_spans(6).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    let old_sums = async || {
        let mut sums = world.rollups().await;
        sums.retain(|key| key.at_ns < i64::try_from(old_ms + 1).unwrap() * 1_000_000);
        sums
    };
    let admin = pool(&world.postgres.superuser_url()).await;
    let old_marks = async || -> i64 {
        let statement = "select count(*) from lake.stale_rollup where hour_ns <= $1";
        let old_ns = i64::try_from(old_ms).unwrap() * 1_000_000;
        sqlx::query_scalar(statement).bind(old_ns).fetch_one(admin.executor()).await.unwrap()
    };
    operator(&world).await.erase(&erasure(&world, "user-1")).await.unwrap();
    let before = old_sums().await;
    let projects = before.iter().filter(|(key, _)| key.kind == Kind::Project);
    assert_eq!((projects.map(|(_, sum)| sum.total()).sum::<u64>(), old_marks().await), (4, 1));

    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    let mut tx = jobs.begin_tenant(world.tenant).await.unwrap();
    retention::set(&mut tx, Table::Spans, own_days).await.unwrap();
    tx.commit().await.unwrap();
    let defaults = retention::Defaults { telemetry_days: usual_days };
    assert_eq!(expire::segments(&jobs, defaults).await.unwrap(), 1, "sums are kept longer");
    let later = Erasure { retention_days: usual_days, ..erasure(&world, "user-2") };
    assert_eq!(operator(&world).await.erase(&later).await.unwrap()[&Table::Spans].rows, 2);

    assert_eq!(old_sums().await, before);
    assert_eq!(old_marks().await, 0);
    assert_is_recomputed(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_mark_takes_no_sums_away_whose_spans_are_past_retention() {
    old_sums_stay(None, 1).await;
    old_sums_stay(Some(1), 14).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_counted_anew_stand_for_sequences_of_their_own_partition() {
    let world = World::new().await;
    cuts(&world, &[3, 4]).await;
    // As after a change of the number of partitions: what is older came through another one.
    let admin = pool(&world.postgres.superuser_url()).await;
    let other = "update lake.segment
                    set partition = 5, first_seq = first_seq + 1000, last_seq = last_seq + 1000
                  where last_seq = 1";
    sqlx::query(other).execute(admin.executor()).await.unwrap();

    operator(&world).await.erase(&erasure(&world, "user-1")).await.unwrap();

    assert_is_recomputed(&world).await;
    let mut tx = world.catalog.begin_tenant(world.tenant).await.unwrap();
    let rows = read::segments(&mut tx, world.project, &Table::ALL, 0, i64::MAX).await.unwrap();
    assert!(rows.iter().any(|row| row.table == Table::Rollups10s));
    for row in rows {
        let ours = if row.partition == 5 { 1001..=1001 } else { 2..=2 };
        assert!(ours.contains(&row.first_seq) && ours.contains(&row.last_seq), "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_merges_are_always_ahead_of_is_an_error() {
    let world = World::new().await;
    cuts(&world, &[3]).await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let execute = async |statement: &'static str| {
        sqlx::query(statement).execute(admin.executor()).await.unwrap();
    };
    // Whoever takes a segment away finds that somebody else has.
    execute("create function lake.lose() returns trigger language plpgsql as 'begin return null; end'").await;
    execute("create trigger lose before delete on lake.segment for each row execute function lake.lose()")
        .await;

    let problem = operator(&world).await.erase(&erasure(&world, "user-1")).await.unwrap_err();

    assert!(matches!(problem, Error::InTheWay { passes: 20, .. }), "{problem:?}");
    execute("drop trigger lose on lake.segment").await;
    let erased = operator(&world).await.erase(&erasure(&world, "user-1")).await.unwrap();
    assert_eq!(erased[&Table::Spans].rows, 1);
    assert_is_recomputed(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_erased_exported_or_counted_by_a_list_that_is_not_whole() {
    let world = World::new().await;
    cuts(&world, &[1]).await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let many = "insert into lake.segment
                       (id, tenant_id, project_id, holds, day, partition, first_seq, last_seq, level, path,
                        byte_offset, byte_length, row_count, min_start_ns, max_start_ns, sealed_key)
                select gen_random_uuid(), $1, $2, 1, current_date, 0, 1, 1, 3, 'tenants/none', number, 1, 1, 1,
                       extract(epoch from now())::bigint * 1000000000, ''
                  from generate_series(1, $3) as number";
    let many =
        sqlx::query(many).bind(world.tenant.uuid()).bind(world.project.uuid()).bind(read::SEGMENTS_MAX);
    many.execute(admin.executor()).await.unwrap();
    let operator = operator(&world).await;

    let problem = operator.erase(&erasure(&world, "user-1")).await.unwrap_err();
    assert!(matches!(problem, Error::TooManySegments { limit: 200_000, .. }), "{problem:?}");

    let out = world.dir.path().join("export");
    let export =
        Export { tenant: world.tenant, project: None, from_ns: i64::MIN, to_ns: i64::MAX, out: out.clone() };
    assert!(operator.export(&export).await.is_err());
    assert!(!out.join("manifest.json").exists());
    let ask = Recompute {
        tenant: world.tenant,
        project: world.project,
        from_ns: 0,
        to_ns: i64::MAX,
        apdex_ns: APDEX_NS,
        retention_days: 14,
    };
    assert!(operator.recompute(&ask).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_tenant_has_no_rows_and_no_key_and_its_objects_open_for_nobody() {
    let world = World::new().await;
    let last = cuts(&world, &[3]).await;
    let before = world.segments().await;
    assert_eq!(world.read(before.iter()).await, each_once(3));

    let forgotten = operator(&world).await.forget_tenant(world.tenant).await.unwrap();

    // Its spans, and their rollups.
    assert!(forgotten.had_key && forgotten.segments == 2, "{forgotten:?}");
    assert!(world.stored(last).await.is_empty() && world.segments().await.is_empty());
    let keys = KeyRing::open(world.catalog.clone(), &world.lake_key_file()).unwrap();
    assert!(keys.get(world.tenant).await.unwrap().is_none());
    // A tenant of that id that comes again begins with a key of its own, which opens nothing old.
    cuts(&world, &[1]).await;
    let key = world.key().await.unwrap();
    let store = naru_lake::store::open_read(&world.config().lake()).unwrap();
    assert!(naru_lake::segment::read_all(store, &before[0], &key).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_s_own_retention_goes_before_the_default() {
    let world = World::new().await;
    cuts(&world, &[1]).await;
    let admin = pool(&world.postgres.superuser_url()).await;
    let age = "update lake.segment set day = day - 20 where holds = 1";
    sqlx::query(age).execute(admin.executor()).await.unwrap();
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    let keep = async |days| {
        let mut tx = jobs.begin_tenant(world.tenant).await.unwrap();
        retention::set(&mut tx, Table::Spans, days).await.unwrap();
        tx.commit().await.unwrap();
        expire::segments(&jobs, retention::Defaults { telemetry_days: 14 }).await.unwrap()
    };

    assert_eq!(keep(Some(30)).await, 0, "twenty days are fewer than thirty");
    assert_eq!(keep(None).await, 1, "and more than fourteen");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_read_by_any_parquet_reader() {
    let world = World::new().await;
    cuts(&world, &[3, 4]).await;
    let out = world.dir.path().join("export");
    let export =
        Export { tenant: world.tenant, project: None, from_ns: i64::MIN, to_ns: i64::MAX, out: out.clone() };

    let exported = operator(&world).await.export(&export).await.unwrap();

    assert_eq!((exported.rows, exported.files.len()), (7, 2));
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest, serde_json::to_value(&exported).unwrap());
    let (mut spans, mut traces) = (Vec::new(), Vec::new());
    for file in &exported.files {
        let file = File::open(out.join(&file.path)).unwrap();
        let rows = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        for batch in rows.collect::<Result<Vec<RecordBatch>, _>>().unwrap() {
            let text = |name: &str| -> Vec<String> {
                let column = batch.column_by_name(name).unwrap().as_string::<i32>();
                column.iter().flatten().map(str::to_owned).collect()
            };
            assert!(text("attributes").iter().all(|json| json.starts_with(r#"{"user.id":"user-"#)));
            assert!(text("resource").iter().all(|json| json == r#"{"service.name":"shop"}"#));
            spans.extend(text("span_id"));
            traces.extend(text("trace_id"));
        }
    }
    spans.sort();
    traces.sort();
    assert_eq!(spans, (1..=7).map(|id| format!("{id:016x}")).collect::<Vec<_>>());
    assert_eq!(traces, (1..=7).map(|id| format!("{id:032x}")).collect::<Vec<_>>());
    let again = operator(&world).await.export(&export).await;
    assert!(again.is_err(), "a directory with something in it stays as it is");

    // Of a range without rows there is a manifest, and no file.
    let nothing = Export { to_ns: 1, out: world.dir.path().join("nothing"), ..export };
    assert_eq!(operator(&world).await.export(&nothing).await.unwrap().rows, 0);
}
