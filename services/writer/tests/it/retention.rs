//! What time takes away, and what it must leave.

use std::process::Command;

use naru_lake::{
    catalog::{expire, retention::Defaults},
    rollup::{Kind, Sums},
};
use naru_signal::{Signal, Table};
use naru_testkit::wait_until;
use naru_writer::Config;

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
