//! What time takes away, and what it must leave.

use std::process::Command;

use naru_lake::{
    catalog::{expire, retention::Defaults},
    rollup::{Kind, Sums},
};
use naru_signal::{Signal, Table};
use naru_testkit::wait_until;
use naru_writer::Config;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message;

use crate::{
    operate::operator,
    rollups::recomputed_at,
    support::{PATIENCE, World, entry, now_ms, pack, pool, request_at},
};

const DAY_MS: u64 = 86_400_000;
const DEFAULTS: Defaults = Defaults { telemetry_days: 14 };

/// Stores six spans of ten days ago; answers when they began, unix ms.
async fn late_spans(world: &World) -> u64 {
    let at_ms = now_ms() - 10 * DAY_MS;
    let writer = world.start(world.config()).await;
    let seq = world.append(pack(vec![entry(world, &request_at(world, 6, at_ms))])).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    at_ms
}

async fn expire(world: &World) {
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    while expire::segments(&jobs, DEFAULTS).await.unwrap() > 0 {}
}

async fn merge(world: &World) {
    let writer = world.start(Config { compact_after_ms: 1, ..world.config() }).await;
    wait_until("the sums are merged", PATIENCE, || async {
        world.rollups_of(&[Table::RollupDeltas]).await.is_empty()
    })
    .await;
    writer.stop().await;
}

fn transactions(sums: &Sums) -> u64 {
    sums.iter().filter(|(key, _)| key.kind == Kind::Project).map(|(_, sum)| sum.total()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_that_come_when_their_10_s_are_gone_still_count_for_minute_and_hour() {
    let world = World::new().await;
    late_spans(&world).await;

    // Before any merge.
    expire(&world).await;
    merge(&world).await;

    expire(&world).await;
    for (table, count) in [(Table::Rollups10s, 0), (Table::Rollups1m, 6), (Table::Rollups1h, 6)] {
        assert_eq!(transactions(&world.rollups_of(&[table]).await), count, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_and_rows_past_their_retention_are_not_held_against_each_other() {
    let world = World::new().await;
    let at_ms = late_spans(&world).await;
    let before = recomputed_at(&world, at_ms + 1, 14).await;
    merge(&world).await;
    expire(&world).await;

    let after = recomputed_at(&world, at_ms + 1, 14).await;

    assert_eq!((before.differences, after.differences), (vec![], vec![]));
    assert!(after.sums > 0, "minutes and hours are kept");
    // As when the spans were kept for a week only.
    let without_rows = recomputed_at(&world, at_ms + 1, 7).await;
    assert_eq!((without_rows.sums, without_rows.differences), (0, vec![]));
}

/// Runs the program with these words; answers whether it succeeded, and all it said.
fn command(world: &World, words: &[&str]) -> (bool, String) {
    let config = world.config();
    let said = Command::new(env!("CARGO_BIN_EXE_naru-writer"))
        .env("NARU_WRITER_POSTGRES_URL", &config.postgres_url)
        .env("NARU_WRITER_LAKE_URL", &config.lake_url)
        .env("NARU_WRITER_LAKE_KEY_FILE", &config.lake_key_file)
        .args(words)
        .output()
        .unwrap();
    let text = [said.stdout, said.stderr].concat();
    (said.status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sets_how_long_a_tenant_s_spans_are_kept() {
    let world = World::new().await;
    late_spans(&world).await;
    let tenant = world.tenant.to_string();
    let retention = |words: &[&str]| command(&world, &[&["retention", "--tenant", &tenant], words].concat());
    let told = |words: &[&str], line: &str| {
        let (succeeded, said) = retention(words);
        assert!(succeeded && said.contains(line), "{said}");
    };

    told(&[], "for 14 days, as usual");
    told(&["--signal", "traces", "--days", "30"], "traces of");
    told(&[], "for 30 days, by its own wish");
    told(&["--signal", "traces", "--days", "9"], "for 9 days, by its own wish");
    expire(&world).await;
    assert!(world.segments().await.is_empty(), "they are ten days old");
    assert_eq!(transactions(&world.rollups_of(&[Table::RollupDeltas]).await), 6, "their sums are kept");
    told(&["--signal", "traces", "--days", "usual"], "logs of");
    let kept = operator(&world).await.retention(world.tenant, 14).await.unwrap();
    assert_eq!(Signal::ALL.map(|signal| kept.own(signal.into())), [None; 3]);

    for nonsense in [["--signal", "traces", "--days", "0"], ["--signal", "spans", "--days", "3"]] {
        let (succeeded, said) = retention(&nonsense);
        assert!(!succeeded && said.contains("error:"), "{said}");
    }
    let (succeeded, said) = command(&world, &["retention", "--tenant", "acme"]);
    assert!(!succeeded && said.contains("reading the tenant"), "{said}");
}

/// One request to each of these instances of a service, that began then, unix ms.
fn instances(first_span: u64, names: &[&str], start_ms: u64) -> bytes::Bytes {
    let text = |key: &str, value: &str| {
        let value = Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) });
        KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
    };
    let of_instance = |(id, name): (u64, &&str)| {
        let span = Span {
            trace_id: u128::from(id).to_be_bytes().to_vec(),
            span_id: id.to_be_bytes().to_vec(),
            name: "GET /".to_owned(),
            kind: 2,
            start_time_unix_nano: start_ms * 1_000_000,
            end_time_unix_nano: start_ms * 1_000_000 + 7,
            ..Span::default()
        };
        let attributes = vec![text("service.name", "shop"), text("service.instance.id", name)];
        ResourceSpans {
            resource: Some(Resource { attributes, ..Resource::default() }),
            scope_spans: vec![ScopeSpans { spans: vec![span], ..ScopeSpans::default() }],
            ..ResourceSpans::default()
        }
    };
    let resource_spans = (first_span..).zip(names).map(of_instance).collect();
    ExportTraceServiceRequest { resource_spans }.encode_to_vec().into()
}

/// Instances with sums of their own in the hour of this moment, unix ms; and requests of the others.
async fn counted(world: &World, at_ms: u64) -> (Vec<String>, u64) {
    const HOUR_MS: u64 = 3_600_000;
    let mut sums = world.rollups().await;
    sums.retain(|key| {
        let ms = u64::try_from(key.at_ns / 1_000_000).unwrap();
        key.kind == Kind::Instance && ms / HOUR_MS == at_ms / HOUR_MS
    });
    let others = sums.iter().filter(|(key, _)| &*key.name == "__other__").map(|(_, sum)| sum.total()).sum();
    let mut names: Vec<String> = sums.iter().map(|(key, _)| key.name.to_string()).collect();
    names.retain(|name| name != "__other__");
    names.dedup();
    (names, others)
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_of_which_nothing_is_kept_make_room_for_new_ones() {
    let world = World::new().await;
    let (now_ms, old_ms) = (now_ms(), now_ms() - 12 * DAY_MS);
    let store = async |first: u64, names: &[&str], at_ms: u64| {
        let writer = world.start(world.config()).await;
        if at_ms > now_ms - DAY_MS {
            // Then the hourly jobs have run for the first time.
            let old_ns = i64::try_from(old_ms + 60_000).unwrap() * 1_000_000;
            wait_until("old spans are dropped", PATIENCE, || async {
                world.segments().await.iter().all(|row| row.min_start_ns > old_ns)
            })
            .await;
        }
        let seq = world.append(pack(vec![entry(&world, &instances(first, names, at_ms))])).await;
        world.see(&writer, seq).await;
        writer.stop().await;
    };
    let pods: Vec<String> = (1..=2_000).map(|number| format!("pod-{number}")).collect();
    store(1, &pods.iter().map(String::as_str).collect::<Vec<_>>(), old_ms).await;
    store(3_000, &["one-more"], old_ms + 20_000).await;
    assert_eq!(counted(&world, old_ms + 20_000).await.1, 1, "two thousand is what there is room for");
    assert_eq!(recomputed_at(&world, old_ms + 20_001, 14).await.differences, []);

    // Four days of spans are kept now; what a name was used for is known to the week.
    operator(&world).await.keep(world.tenant, Signal::Traces, Some(4)).await.unwrap();
    store(4_000, &["one-more", "new"], now_ms).await;
    // That cut let the old ones go; who came before it was turned away.
    store(5_000, &["one-more", "new"], now_ms + 30_000).await;
    store(6_000, &["new", "late"], now_ms - 60_000).await;

    let (own, others) = counted(&world, now_ms + 30_000).await;
    assert!(own.contains(&"new".to_owned()) && own.contains(&"one-more".to_owned()), "{own:?}");
    assert!(others <= 4, "{others}");
    assert_eq!(recomputed_at(&world, now_ms + 31_000, 14).await.differences, []);
    let admin = pool(&world.postgres.superuser_url()).await;
    let names: i64 = sqlx::query_scalar("select count(*) from lake.rollup_name where kind = 2")
        .fetch_one(admin.executor())
        .await
        .unwrap();
    assert!(names < 10, "{names} names of instances are kept");
}
