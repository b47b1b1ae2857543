//! What time takes away, and what it must leave.

use naru_lake::{
    catalog::{expire, retention::Defaults},
    rollup::{Kind, Sums},
};
use naru_signal::Table;
use naru_testkit::wait_until;
use naru_writer::Config;

use crate::{
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
