//! Dashboards and the service map: rollups of tail and segments, added up.

use std::{sync::LazyLock, time::SystemTime};

use arrow::array::RecordBatch;
use naru_lake::rollup::{Kind, Summary, rows::Builder};
use naru_signal::Table;
use serde_json::{Value, json};

use crate::world::{Tenant, World};

/// An hour's beginning, a while ago: fine buckets are kept for a week.
static BASE_MS: LazyLock<i64> = LazyLock::new(|| {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    (i64::try_from(now.as_secs()).unwrap() / 3_600 - 2) * 3_600_000
});
const MS: u64 = 1_000_000;

struct Row(Kind, i64, &'static str, &'static str, Summary);

fn rollups(rows: &[Row]) -> RecordBatch {
    let mut builder = Builder::default();
    for Row(kind, second, service, name, summary) in rows {
        builder.push(*kind, (*BASE_MS + second * 1_000) * 1_000_000, service, name, summary);
    }
    builder.finish().unwrap()
}

fn counted(durations_ms: &[u64], failed_ms: &[u64]) -> Summary {
    let mut summary = Summary::default();
    let all = durations_ms.iter().map(|ms| (*ms, false)).chain(failed_ms.iter().map(|ms| (*ms, true)));
    for (ms, is_error) in all {
        summary.count(ms * MS, is_error);
        summary.satisfaction.add(ms * MS, is_error, 500 * MS);
    }
    summary
}

fn people(hashes: &[u64]) -> Summary {
    let mut summary = Summary::default();
    hashes.iter().for_each(|hash| summary.people.add(hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    summary
}

async fn dashboard(world: &World, tenant: &Tenant, more: &str) -> Value {
    world.get(tenant, &format!("dashboard?from={}&to={}{more}", *BASE_MS, *BASE_MS + 300_000)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_adds_up_what_is_stored_and_what_is_not_yet() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append_rollups(
        &acme,
        rollups(&[
            Row(Kind::Project, 0, "", "", counted(&[100, 100], &[])),
            Row(Kind::Service, 0, "shop", "", counted(&[100, 100], &[])),
            Row(Kind::Users, 0, "", "user", people(&[1, 2])),
        ]),
    );
    world.writer.cut(&acme).await;
    world.writer.append_rollups(
        &acme,
        rollups(&[
            Row(Kind::Project, 0, "", "", counted(&[600], &[50])),
            Row(Kind::Project, 290, "", "", counted(&[100], &[])),
            Row(Kind::Project, 300, "", "", counted(&[9_000], &[])),
            Row(Kind::Service, 0, "stock", "", counted(&[600], &[50])),
            Row(Kind::Users, 10, "", "user", people(&[2, 3])),
        ]),
    );

    let all = dashboard(&world, &acme, "").await;
    assert_eq!((&all["step_ms"], &all["from_ms"]), (&json!(10_000.0), &json!(*BASE_MS as f64)));
    assert_eq!(all["tps"].as_array().unwrap().len(), 30);
    assert_eq!((&all["tps"][0], &all["tps"][29], &all["errors"][0]), (&json!(0.4), &json!(0.1), &json!(1)));
    let totals = &all["totals"];
    assert_eq!((&totals["transactions"], &totals["errors"]), (&json!(5), &json!(1)));
    // Of five: three satisfied, one tolerating, one failed.
    assert_eq!(totals["apdex"], json!({ "t_ms": 500, "score": 0.7, "at_least": 0.7, "at_most": 0.7 }));
    let other = &dashboard(&world, &acme, "&apdex_t_ms=300").await["totals"]["apdex"];
    let [least, most] = ["at_least", "at_most"].map(|bound| other[bound].as_f64().unwrap());
    assert!(other["t_ms"] == 300 && least <= 0.7 && 0.7 <= most && most - least < 0.2, "{other}");
    let (status, code) = world.refusal(&acme, "dashboard?apdex_t_ms=0").await;
    assert_eq!((status, code.as_str()), (422, "invalid"));
    assert_eq!(totals["max_ms"], json!(600.0));
    assert_eq!((&all["p95_ms"][1], &all["apdex"][1]), (&Value::Null, &Value::Null));
    let users = &all["users"];
    assert_eq!((&users["total"], &users["identity"]), (&json!(3), &json!("user")));
    assert_eq!((&users["per_step"][0], &users["per_step"][1]), (&json!(2), &json!(2)));

    let shop = dashboard(&world, &acme, "&application=shop").await;
    assert_eq!(shop["totals"]["transactions"], json!(2));

    // One that began before the range is in flight within it, and in no other figure.
    let before = Row(Kind::Service, -30, "batch", "", counted(&[60_000], &[]));
    world.writer.append_rollups(&acme, rollups(&[before]));
    let batch = dashboard(&world, &acme, "&application=batch").await;
    assert_eq!((&batch["totals"]["transactions"], &batch["tps"][0]), (&json!(0), &json!(0.0)));
    let first_steps = |values: &Value| values.as_array().unwrap()[..5].to_vec();
    assert_eq!(
        first_steps(&batch["in_flight"]["from_10s"]),
        [1.0, 1.0, 1.0, 0.5, 0.0].map(|mean| json!(mean))
    );
    assert_eq!(first_steps(&batch["out"]), [0.0, 0.0, 0.0, 0.1, 0.0].map(|rate| json!(rate)));
    world.writer.append_rollups(&acme, {
        // Its T is half of the others': of all together there is none.
        let mut strict = Summary::default();
        strict.count(300 * MS, false);
        strict.satisfaction.add(300 * MS, false, 250 * MS);
        rollups(&[
            Row(Kind::Project, 20, "", "", strict.clone()),
            Row(Kind::Service, 20, "strict", "", strict),
        ])
    });
    let exactly = |t_ms: Value, score: f64| json!({ "t_ms": t_ms, "score": score, "at_least": score, "at_most": score });
    let strict = dashboard(&world, &acme, "&application=strict").await;
    assert_eq!(strict["totals"]["apdex"], exactly(json!(250), 0.5));
    let all = dashboard(&world, &acme, "").await;
    assert_eq!(all["totals"]["apdex"], exactly(Value::Null, 4.0 / 6.0));

    let instance = dashboard(&world, &acme, "&application=shop&instance=shop-1").await;
    assert_eq!((&instance["totals"]["transactions"], &instance["users"]["total"]), (&json!(0), &Value::Null));

    let (status, code) = world.refusal(&acme, "dashboard?instance=shop-1").await;
    assert_eq!((status, code.as_str()), (422, "invalid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_counted_once_a_day_a_week_and_a_month() {
    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let now = 2 * HOUR;
    world.writer.append_rollups(
        &acme,
        rollups(&[
            Row(Kind::Users, now - 40 * DAY, "", "user", people(&[9])),
            Row(Kind::Users, now - 20 * DAY, "", "user", people(&[1, 3, 4])),
            Row(Kind::Users, now - 3 * DAY, "", "user", people(&[1, 2])),
            Row(Kind::Users, now - 3 * DAY, "", "session", people(&[7])),
            Row(Kind::Users, now - 3 * DAY, "shop", "user", people(&[2])),
        ]),
    );
    world.writer.cut(&acme).await;
    world.writer.append_rollups(&acme, rollups(&[Row(Kind::Users, now, "", "user", people(&[1]))]));

    let totals =
        |users: &Value| ["today", "week", "month"].map(|days| users[days]["total"].as_u64().unwrap());
    let all = world.get(&acme, "users").await;
    assert_eq!(totals(&all), [1, 3, 5]);
    assert_eq!((&all["identity"], &all["time_zone"]), (&json!("user"), &json!("UTC")));
    let shop = world.get(&acme, "users?application=shop&time_zone=Asia/Seoul").await;
    assert_eq!((totals(&shop), &shop["time_zone"]), ([0, 1, 1], &json!("Asia/Seoul")));
    let other = world.console.tenant("other");
    assert_eq!((totals(&world.get(&other, "users").await), &all["incomplete"]), ([0, 0, 0], &json!([])));

    let (status, code) = world.refusal(&acme, "users?time_zone=Mars").await;
    assert_eq!((status, code.as_str()), (422, "invalid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_turned_out_to_go_elsewhere_is_on_one_edge() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let (from, elsewhere) = ("service:shop", "external:stock:8081");
    world.writer.append_rollups(
        &acme,
        rollups(&[
            Row(Kind::Edge, 0, from, elsewhere, counted(&[100], &[])),
            Row(Kind::Edge, 0, "outside:", from, counted(&[150, 20], &[])),
            Row(Kind::Service, 0, "shop", "", counted(&[150, 20], &[])),
        ]),
    );
    world.writer.cut(&acme).await;
    world.writer.append_rollups(
        &acme,
        rollups(&[
            Row(Kind::EdgeTaken, 0, from, elsewhere, counted(&[100], &[])),
            Row(Kind::Edge, 0, from, "service:stock", counted(&[], &[100])),
            Row(Kind::Edge, 0, from, "db:postgresql/shop", counted(&[5], &[])),
        ]),
    );

    let map = world.get(&acme, &format!("service-map?from={}&to={}", *BASE_MS, *BASE_MS + 60_000)).await;
    let edges: Vec<_> = map["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| {
            (
                edge["from"].as_str().unwrap(),
                edge["to"].as_str().unwrap(),
                edge["calls"].as_u64().unwrap(),
                edge["errors"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        edges,
        [("outside:", from, 2, 0), (from, "db:postgresql/shop", 1, 0), (from, "service:stock", 1, 1),]
    );
    let nodes: Vec<_> = map["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            (
                node["kind"].as_str().unwrap(),
                node["name"].as_str().unwrap(),
                node["totals"]["transactions"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        nodes,
        [
            ("database", "shop", 1),
            ("outside", "", 0),
            ("application", "shop", 2),
            ("application", "stock", 1)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_come_busiest_first_with_their_instances_and_language() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let python = |summary: Summary| Summary { text: Some("python".into()), ..summary };
    world.writer.append_rollups(
        &acme,
        rollups(&[
            Row(Kind::Service, 0, "stock", "", counted(&[10], &[])),
            Row(Kind::Service, 0, "shop", "", python(counted(&[100, 100], &[]))),
            Row(Kind::Instance, 0, "shop", "shop-1", counted(&[100], &[])),
        ]),
    );
    world.writer.cut(&acme).await;
    world.writer.append_rollups(
        &acme,
        rollups(&[
            Row(Kind::Service, 20, "shop", "", python(counted(&[100], &[200]))),
            Row(Kind::Instance, 20, "shop", "shop-2", counted(&[100], &[])),
            Row(Kind::Instance, 20, "shop", "", counted(&[100], &[])),
        ]),
    );

    let answer = world.get(&acme, &format!("applications?from={}&to={}", *BASE_MS, *BASE_MS + 40_000)).await;
    let [shop, stock] = answer["applications"].as_array().unwrap().as_slice() else { panic!("{answer}") };
    assert_eq!(
        (&shop["name"], &shop["language"], &shop["instances"]),
        (&json!("shop"), &json!("python"), &json!(2))
    );
    assert_eq!((&shop["transactions"], &shop["errors"], &shop["tps"]), (&json!(4), &json!(1), &json!(0.1)));
    assert_eq!((&shop["error_rate"], &shop["mean_ms"]), (&json!(0.25), &json!(125.0)));
    assert_eq!(shop["last_seen_ms"], json!((*BASE_MS + 20_000) as f64));
    assert_eq!(
        (&stock["transactions"], &stock["language"], &stock["instances"]),
        (&json!(1), &Value::Null, &json!(1))
    );
}

/// Transactions as a merge leaves them: in buckets of every grain.
fn merged(world: &World, tenant: &Tenant, seconds: &[i64]) {
    for (table, length_s) in [(Table::Rollups10s, 10), (Table::Rollups1m, 60), (Table::Rollups1h, 3_600)] {
        let kinds =
            [(Kind::Project, "", ""), (Kind::Service, "shop", ""), (Kind::Instance, "shop", "shop-1")];
        let rows: Vec<_> = seconds
            .iter()
            .map(|second| second.div_euclid(length_s) * length_s)
            .flat_map(|second| kinds.map(|(kind, service, name)| (second, kind, service, name)))
            .map(|(second, kind, service, name)| Row(kind, second, service, name, counted(&[100], &[])))
            .collect();
        world.writer.append_batch(tenant, table, rollups(&rows));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_one_screen_count_the_same_transactions() {
    const MINUTE: i64 = 60;
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    // 24 h from twenty past an hour: of both hours at the ends, parts are outside.
    let from = -26 * 60 * MINUTE + 20 * MINUTE + 7;
    let to = from + 24 * 60 * MINUTE;
    merged(
        &world,
        &acme,
        &[from - 2 * MINUTE, from - 6, from, from + 45 * MINUTE, to - MINUTE, to + 2 * MINUTE],
    );
    world.writer.cut(&acme).await;
    let fresh = [to - 5 * MINUTE, to + 3 * MINUTE].map(|second| {
        let of = |kind, service, name| Row(kind, second, service, name, counted(&[100], &[]));
        [of(Kind::Project, "", ""), of(Kind::Service, "shop", ""), of(Kind::Instance, "shop", "shop-1")]
    });
    world.writer.append_rollups(&acme, rollups(&fresh.into_iter().flatten().collect::<Vec<_>>()));

    let range = format!("from={}&to={}", *BASE_MS + from * 1_000, *BASE_MS + to * 1_000);
    let dashboard = world.get(&acme, &format!("dashboard?{range}")).await;
    let applications = world.get(&acme, &format!("applications?{range}")).await;
    let instances = world.get(&acme, &format!("instances?application=shop&{range}")).await;
    let map = world.get(&acme, &format!("service-map?{range}")).await;
    let figures = [
        &dashboard["totals"],
        &applications["applications"][0],
        &instances["instances"][0],
        &map["nodes"][0]["totals"],
    ];
    assert_eq!(figures.map(|figure| figure["transactions"].as_u64().unwrap()), [5; 4]);
    let whole = |answer: &Value| (answer["from_ms"].clone(), answer["to_ms"].clone());
    assert_eq!([&applications, &instances, &map].map(whole), [(); 3].map(|()| whole(&dashboard)));
}

#[tokio::test(flavor = "multi_thread")]
async fn rates_of_a_range_that_reaches_into_the_future_are_of_the_time_that_has_passed() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let one = || counted(&[100], &[]);
    world.writer.append_rollups(
        &acme,
        rollups(&[
            Row(Kind::Project, 0, "", "", one()),
            Row(Kind::Service, 0, "shop", "", one()),
            Row(Kind::Instance, 0, "shop", "shop-1", one()),
            Row(Kind::Edge, 0, "outside:", "service:shop", one()),
        ]),
    );

    let range = format!("from={}&to={}", *BASE_MS, *BASE_MS + 86_400_000);
    let dashboard = world.get(&acme, &format!("dashboard?{range}")).await;
    let applications = world.get(&acme, &format!("applications?{range}")).await;
    let instances = world.get(&acme, &format!("instances?application=shop&{range}")).await;
    let map = world.get(&acme, &format!("service-map?{range}")).await;
    let passed_s = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64()
        - *BASE_MS as f64 / 1e3;
    for rate in [
        &dashboard["totals"]["tps"],
        &applications["applications"][0]["tps"],
        &instances["instances"][0]["tps"],
        &map["edges"][0]["rate"],
    ] {
        let seconds = 1.0 / rate.as_f64().unwrap();
        assert!(seconds <= passed_s && passed_s - seconds < 60.0, "{seconds} of {passed_s}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_of_an_application_come_busiest_first() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append_rollups(
        &acme,
        rollups(&[
            Row(Kind::Instance, 0, "shop", "shop-1", counted(&[100], &[])),
            Row(Kind::Instance, 10, "shop", "shop-2", counted(&[100], &[50])),
            Row(Kind::Instance, 0, "shop", "", counted(&[100], &[])),
            Row(Kind::Instance, 0, "stock", "stock-1", counted(&[100], &[])),
        ]),
    );

    let range = format!("from={}&to={}", *BASE_MS, *BASE_MS + 300_000);
    let answer = world.get(&acme, &format!("instances?application=shop&{range}")).await;
    let instances: Vec<_> = answer["instances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["name"].as_str().unwrap(),
                one["transactions"].as_u64().unwrap(),
                one["last_seen_ms"].as_f64().unwrap() as i64 - *BASE_MS,
            )
        })
        .collect();
    assert_eq!(instances, [("shop-2", 2, 10_000), ("shop-1", 1, 0)]);
    assert_eq!(world.refusal(&acme, "instances").await.0, 422);
}
