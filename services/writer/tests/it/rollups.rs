//! Rollups are committed with the spans they count, are as fresh as they are, and survive a change of owner.

use std::collections::BTreeMap;

use bytes::Bytes;
use naru_lake::rollup::{Kind, Sums};
use naru_signal::Table;
use naru_testkit::wait_until;
use naru_writer::{
    Config,
    operate::{Operator, Recompute, Recomputed},
};
use naru_writer_api::TailTicket;
use opentelemetry_proto::tonic::trace::v1::Span;

use crate::support::{PATIENCE, Running, World, entry, now_ms, pack, pool, read_tail, request_of};

/// What writers have by default.
pub(crate) const APDEX_NS: u64 = 500_000_000;

fn total(rows: &Sums, kind: Kind) -> u64 {
    rows.iter().filter(|(key, _)| key.kind == kind).map(|(_, summary)| summary.total()).sum()
}

/// Calls by edge, without those that were taken off.
fn edges(rows: &Sums) -> Vec<(&str, &str, u64)> {
    let mut calls: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for (key, summary) in rows {
        let sign = match key.kind {
            Kind::Edge => 1,
            Kind::EdgeTaken => -1,
            _ => continue,
        };
        *calls.entry((&key.service, &key.name)).or_default() +=
            sign * i64::try_from(summary.total()).unwrap();
    }
    calls
        .into_iter()
        .filter(|(_, calls)| *calls != 0)
        .map(|((from, to), calls)| (from, to, u64::try_from(calls).unwrap()))
        .collect()
}

async fn tail(world: &World, writer: &Running, table: Table) -> Sums {
    let ticket = TailTicket {
        v: 1,
        tenant: world.tenant,
        project: world.project,
        table,
        kinds: vec![Kind::Service.code(), Kind::Edge.code(), Kind::EdgeTaken.code()],
        from_ns: 0,
        to_ns: i64::MAX,
        trace_ids: None,
        columns: Vec::new(),
    };
    let mut sums = Sums::default();
    let tail = read_tail(writer, &ticket).await.unwrap();
    tail.rows.iter().for_each(|batch| sums.add(batch).unwrap());
    sums
}

#[tokio::test(flavor = "multi_thread")]
async fn rollups_are_as_fresh_as_their_spans_and_committed_with_them() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let seq = world.append_spans(3).await;
    world.see(&writer, seq).await;
    for table in [Table::Rollups10s, Table::Rollups1m, Table::Rollups1h] {
        let fresh = tail(&world, &writer, table).await;
        assert_eq!((total(&fresh, Kind::Service), total(&fresh, Kind::Operation)), (3, 0), "{table}");
    }
    assert!(world.rollups().await.is_empty());

    writer.stop().await;
    let stored = world.rollups().await;
    for kind in [Kind::Project, Kind::Service, Kind::Instance, Kind::Operation] {
        assert_eq!(total(&stored, kind), 3, "{kind:?}");
    }
    assert_eq!(edges(&stored), [("outside:", "service:shop", 3)]);
}

/// A call of shop and its answer by stock, as requests of their own.
fn call_and_answer() -> (Bytes, Bytes) {
    let now_ns = now_ms() * 1_000_000;
    let span = |id: u8, parent: &[u8], kind: i32| Span {
        trace_id: vec![7; 16],
        span_id: vec![id; 8],
        parent_span_id: parent.to_vec(),
        name: "GET /stock".to_owned(),
        kind,
        start_time_unix_nano: now_ns,
        end_time_unix_nano: now_ns + 5_000_000,
        ..Span::default()
    };
    (request_of("shop", vec![span(1, &[9; 8], 3)]), request_of("stock", vec![span(2, &[1; 8], 2)]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_and_its_answer_meet_across_owners() {
    let world = World::new().await;
    let (call, answer) = call_and_answer();

    let writer = world.start(world.config()).await;
    let seq = world.append(pack(vec![entry(&world, &call)])).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    assert_eq!(edges(&world.rollups().await), [("service:shop", "external:unknown", 1)]);

    let writer = world.start(world.config()).await;
    let seq = world.append(pack(vec![entry(&world, &answer)])).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    assert_eq!(edges(&world.rollups().await), [("service:shop", "service:stock", 1)]);
    assert_is_recomputed(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_writer_s_rollups_are_counted_once() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    let seq = world.append_spans(4).await;
    world.see(&writer, seq).await;
    writer.kill().await;

    let writer = world.start(world.config()).await;
    wait_until("the packs are replayed", PATIENCE, || async {
        total(&tail(&world, &writer, Table::Rollups10s).await, Kind::Service) == 4
    })
    .await;
    writer.stop().await;
    assert_eq!(total(&world.rollups().await, Kind::Service), 4);
    assert_is_recomputed(&world).await;
}

/// Every stored sum is what the stored spans add up to.
pub(crate) async fn assert_is_recomputed(world: &World) {
    let recomputed = recomputed(world).await;
    assert_eq!(recomputed.differences, []);
    assert!(recomputed.sums > 0);
}

pub(crate) async fn recomputed(world: &World) -> Recomputed {
    recomputed_at(world, now_ms(), 14).await
}

/// Of the hour before `to_ms` (unix ms), when rows are kept for so many days.
pub(crate) async fn recomputed_at(world: &World, to_ms: u64, retention_days: u32) -> Recomputed {
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    let operator = Operator::new(jobs, &world.config().lake(), &world.lake_key_file()).unwrap();
    let to_ns = i64::try_from(to_ms).unwrap() * 1_000_000;
    let (tenant, project, from_ns) = (world.tenant, world.project, to_ns - 3_600_000_000_000);
    let ask = Recompute { tenant, project, from_ns, to_ns, apdex_ns: APDEX_NS, retention_days };
    operator.recompute(&ask).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_rollups_say_the_same_in_every_grain() {
    let world = World::new().await;
    let writer = world.start(world.config()).await;
    for _ in 0..3 {
        let seq = world.append_spans(2).await;
        world.see(&writer, seq).await;
    }
    writer.stop().await;
    let before = world.rollups().await;

    let writer = world.start(Config { compact_after_ms: 1, ..world.config() }).await;
    wait_until("the cuts' rollups are merged", PATIENCE, || async {
        world.rollups_of(&[Table::RollupDeltas]).await.is_empty()
    })
    .await;
    assert_eq!(world.rollups_of(&[Table::Rollups10s]).await, before);
    for table in [Table::Rollups1m, Table::Rollups1h] {
        let coarser = world.rollups_of(&[table]).await;
        assert_eq!(total(&coarser, Kind::Service), 6, "{table}");
        assert_eq!(edges(&coarser), edges(&before), "{table}");
    }
    writer.stop().await;
    assert_is_recomputed(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_meets_its_answer_although_it_was_merged_with_others_meanwhile() {
    let world = World::new().await;
    let (call, answer) = call_and_answer();
    let writer = world.start(Config { cut_interval_ms: 40, compact_after_ms: 100, ..world.config() }).await;
    world.append(pack(vec![entry(&world, &call)])).await;
    let seq = world.append_spans(5).await;
    world.see(&writer, seq).await;
    wait_until("the call's cut is merged", PATIENCE, || async {
        world.committed_seq().await == seq && world.segments().await.iter().all(|row| row.level > 0)
    })
    .await;
    writer.stop().await;

    let writer = world.start(world.config()).await;
    let seq = world.append(pack(vec![entry(&world, &answer)])).await;
    world.see(&writer, seq).await;
    writer.stop().await;

    let all = world.rollups_of(&[Table::RollupDeltas, Table::Rollups10s]).await;
    assert!(edges(&all).contains(&("service:shop", "service:stock", 1)), "{:?}", edges(&all));
    assert_is_recomputed(&world).await;
}
