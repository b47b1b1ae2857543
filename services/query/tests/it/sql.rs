//! SQL over the tenant's own tables, whatever a statement tries.

use std::time::Duration;

use naru_signal::Signal;
use serde_json::{Value, json};

use crate::world::{Log, Metric, Span, Tenant, World, attributes, exemplar_cell, trace_id};

pub(crate) const BASE_MS: i64 = 1_700_000_000_000;

pub(crate) fn spans(numbers: std::ops::RangeInclusive<u64>) -> Vec<Span> {
    let span = |number: u64| {
        let tier = if number.is_multiple_of(3) { "gold" } else { "iron" };
        let pairs = [("tier", json!(tier)), ("http.route", json!("/"))];
        Span::entry(number, number, BASE_MS + number as i64, 5.0).with("attributes", attributes(&pairs))
    };
    numbers.map(span).collect()
}

pub(crate) fn question(sql: &str) -> Value {
    json!({ "sql": sql, "from": BASE_MS.to_string(), "to": (BASE_MS + 60_000).to_string() })
}

pub(crate) async fn ask(world: &World, tenant: &Tenant, sql: &str) -> Value {
    let answer = world.sql(tenant, &question(sql)).await;
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{sql}: {text}");
    serde_json::from_str(&text).unwrap()
}

pub(crate) async fn rows(world: &World, tenant: &Tenant, sql: &str) -> Value {
    ask(world, tenant, sql).await["rows"].take()
}

/// Status and the whole problem.
pub(crate) async fn refusal(world: &World, tenant: &Tenant, sql: &str) -> (u16, Value) {
    let answer = world.sql(tenant, &question(sql)).await;
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_reads_tail_and_segments_of_its_own_project() {
    let world = World::start().await;
    let (acme, globex) = (world.console.tenant("acme"), world.console.tenant("globex"));
    world.writer.append(&acme, Signal::Traces, &spans(1..=10));
    world.writer.cut(&acme).await;
    world.writer.merge(&acme).await;
    world.writer.append(&acme, Signal::Traces, &spans(11..=20));
    world.writer.cut(&acme).await;
    world.writer.append(&acme, Signal::Traces, &spans(21..=30));
    world.writer.append(&globex, Signal::Traces, &spans(1..=5));

    let all = "select count(*), sum(duration_ms), min(time), count(distinct trace_id) from spans";
    assert_eq!(rows(&world, &acme, all).await, json!([[30, 150.0, BASE_MS as f64 + 1.0, 30]]));
    let tiers = "select attr(attributes, 'tier') as tier, count(*) as n from spans
                  where attr(resource, 'service.name') = 'shop' and attr(attributes, 'http.route') = '/'
                  group by 1 order by 1";
    let answer = ask(&world, &acme, tiers).await;
    assert_eq!(answer["rows"], json!([["gold", 10], ["iron", 20]]));
    assert_eq!(answer["columns"], json!([{"name": "tier", "type": "text"}, {"name": "n", "type": "number"}]));
    assert_eq!((&answer["truncated"], &answer["incomplete"]), (&Value::Null, &json!([])));
    assert_eq!(rows(&world, &globex, "select count(*) from spans").await, json!([[5]]));
    let joined = "with slow as (select * from spans where duration_ms > 4)
                  select count(*) from slow join spans on slow.span_id = spans.span_id";
    assert_eq!(rows(&world, &acme, joined).await, json!([[30]]));
    let one = format!("select span_id, status, kind from spans where trace_id = '{}'", trace_id(7));
    assert_eq!(rows(&world, &acme, &one).await, json!([[format!("{:016x}", 7), "unset", "server"]]));

    // Nothing outside the range, however it is asked.
    let later = json!({ "sql": "select count(*) from spans", "from": (BASE_MS + 15).to_string(),
                        "to": (BASE_MS + 60_000).to_string() });
    let answer: Value = world.sql(&acme, &later).await.json().await.unwrap();
    assert_eq!(answer["rows"], json!([[16]]));

    world.writer.lets_go().await;
    let answer = ask(&world, &acme, "select count(*) from spans").await;
    assert_eq!((&answer["rows"], &answer["incomplete"][0]["reason"]), (&json!([[20]]), &json!("owner_away")));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_can_be_shown() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    for place in ["cut", "tail"] {
        world.writer.append(&acme, Signal::Traces, &spans(1..=1));
        let log = Log::at(BASE_MS, 9, "paid").with("trace_id", trace_id(1));
        world.writer.append(&acme, Signal::Logs, &[log.with("attributes", attributes(&[("a", json!(1))]))]);
        let point = Metric::at(BASE_MS, "orders", "sum").with("exemplars", exemplar_cell(BASE_MS, 2.0, 1));
        world.writer.append(&acme, Signal::Metrics, &[point]);
        let span = ask(&world, &acme, "select * from spans limit 1").await;
        let cell = |answer: &Value, name: &str| {
            let columns = answer["columns"].as_array().unwrap();
            let at = columns.iter().position(|column| column["name"] == name).unwrap();
            answer["rows"][0][at].clone()
        };
        assert_eq!(cell(&span, "trace_id"), json!(trace_id(1)), "{place}");
        assert_eq!(cell(&span, "attributes"), json!({"tier": "iron", "http.route": "/"}));
        let log = ask(&world, &acme, "select * from logs limit 1").await;
        assert_eq!((cell(&log, "body"), cell(&log, "attributes")), (json!("paid"), json!({"a": 1})));
        let metric = ask(&world, &acme, "select * from metric_points limit 1").await;
        assert_eq!((cell(&metric, "name"), cell(&metric, "time")), (json!("orders"), json!(BASE_MS as f64)));
        assert_eq!(cell(&metric, "exemplars")[0]["trace_id"], json!(trace_id(1)));
        world.writer.cut(&acme).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_reach_for_more_are_refused_with_words() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &spans(1..=3));
    for sql in [
        "select * from information_schema.tables",
        "select * from 'etc/passwd'",
        "select * from \"/etc/passwd\"",
        "select * from public.spans",
        "select * from lake.segment",
        "select * from read_csv('/etc/passwd')",
        "select * from generate_series(1, 1000000000)",
        "create external table t stored as csv location 'file:///etc/passwd'",
        "copy (select 1) to '/tmp/out.parquet'",
        "set datafusion.execution.batch_size = 1",
        "insert into spans select * from spans",
        "select repeat('x', 2000000000)",
        "select lpad('x', 2000000000) from spans",
        "select array_agg(name) from spans",
        "select string_agg(name, ',') from spans",
        "select make_array(1, 2)",
        "select name || name from spans",
        "select [name, name] from spans",
        "select (name, name) from spans",
        "select struct(name, name) from spans",
        "select overlay(name placing name from 1 for 0) from spans",
        "select unnest(array[1, 2])",
        "select concat(name, name) from spans",
        "select replace(name, 'a', name) from spans",
        "select attributes['tier'] from spans",
        "select count(*) from spans where regexp_like(name, operation)",
        "select 1 / 0",
        "select count(*) from spans where cast(attr(attributes, 'tier') as int) > 1",
        "select row_number() over (order by time) from spans",
        "select count(*) from spans a, spans b where a.duration_ms > b.duration_ms",
        "select nme from spans",
        "select",
        "select 1; select 2",
    ] {
        let (status, problem) = refusal(&world, &acme, sql).await;
        assert_eq!((status, &problem["code"]), (400, &json!("bad_sql")), "{sql}: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|words| words.len() > 10), "{sql}: {problem}");
    }
    let (_, problem) = refusal(&world, &acme, "select application,\n  nme from spans").await;
    assert_eq!((&problem["line"], &problem["column"]), (&json!(2), &json!(3)), "{problem}");
    for deep in [
        format!("select {}1{}", "(".repeat(3_000), ")".repeat(3_000)),
        format!("select 1{}", "+1".repeat(5_000)),
        format!("select count(*) from {}spans{}", "(select * from ".repeat(50), ")".repeat(50)),
    ] {
        assert_eq!(refusal(&world, &acme, &deep).await.0, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn as_deep_as_a_statement_may_be_it_is_answered() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &spans(1..=3));
    world.writer.cut(&acme).await;
    world.writer.append(&acme, Signal::Traces, &spans(4..=6));

    let chain = format!("select 1{}", "+1".repeat(290));
    assert_eq!(rows(&world, &acme, &chain).await, json!([[291]]));
    // Each is another one, so that none is left out, and all are worked out row by row.
    let conditions: Vec<_> = (0..140).map(|n| format!("duration_ms > 0.{n:03}")).collect();
    let sql = format!("select count(*) from spans where {}", conditions.join(" and "));
    assert_eq!(rows(&world, &acme, &sql).await, json!([[6]]));
    let texts: Vec<_> = (0..70).map(|n| format!("attr(attributes, 'tier') <> 't{n}'")).collect();
    let sql = format!("select count(*) from spans where {}", texts.join(" and "));
    assert_eq!(rows(&world, &acme, &sql).await, json!([[6]]));
    let sum = vec!["duration_ms"; 150].join(" + ");
    for sql in [
        format!("select sum({sum}) from spans"),
        format!(
            "select max({sum}) * 6.0 from spans where {sum} > 1",
            sum = vec!["duration_ms"; 140].join(" + ")
        ),
    ] {
        let answer = rows(&world, &acme, &sql).await;
        assert!([json!([[4_500.0]]), json!([[4_200.0]])].contains(&answer), "{answer}");
    }
    let queries: Vec<_> =
        (1..40).map(|n| format!("q{n} as (select name, time from q{} limit {n})", n - 1)).collect();
    let sql = format!("with q0 as (select * from spans), {} select count(*) from q39", queries.join(", "));
    assert_eq!(rows(&world, &acme, &sql).await, json!([[1]]));
}

/// Of each link the text is short, and what it stands for twice what the one before stands for.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_text_that_stands_for_a_large_one_is_refused_at_once() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &spans(1..=3));
    for (link, last) in [
        ("select n, d from Q union all select n, d from Q", "select count(*) from Q"),
        ("select n, d + d as d from Q", "select count(*) from Q where d > 0"),
        ("select overlay(n placing n from 1 for 0) as n, d from Q", "select max(n) from Q"),
        ("select n || n as n, d from Q", "select max(n) from Q"),
        ("select [n, n] as n, d from Q", "select count(n) from Q"),
    ] {
        let links = (1..=30).map(|n| format!("q{n} as ({})", link.replace("Q", &format!("q{}", n - 1))));
        let links: Vec<_> = links.collect();
        let first = "with q0 as (select name as n, duration_ms as d from spans)";
        let sql = format!("{first}, {} {}", links.join(", "), last.replace("Q", "q30"));
        let started = std::time::Instant::now();
        let (status, problem) = refusal(&world, &acme, &sql).await;
        assert_eq!((status, &problem["code"]), (400, &json!("bad_sql")), "{link}: {problem}");
        assert!(started.elapsed() < Duration::from_secs(5), "{link}: {:?}", started.elapsed());
    }
    assert_eq!(rows(&world, &acme, "select count(*) from spans").await, json!([[3]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_opened_for_a_statement_is_of_its_own_share_of_memory() {
    let world = World::with_memory(1 << 20).await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &spans(1..=10_000));
    world.writer.cut(&acme).await;
    // A quarter is not enough to sort ten thousand ids, and the whole is.
    let parents = "select trace_id, parent_span_id from spans limit 1";
    let (status, problem) = refusal(&world, &acme, parents).await;
    assert_eq!((status, &problem["code"]), (413, &json!("query_too_large")), "{problem}");
    assert_eq!(rows(&world, &acme, "select count(*) from spans").await, json!([[10_000]]));
    let range = format!("from={BASE_MS}&to={}", BASE_MS + 60_000);
    let heatmap = world.get(&acme, &format!("heatmap?{range}")).await;
    assert_eq!(heatmap["total"], json!(10_000), "{heatmap}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_chart_keeps_of_its_points_counts_in_the_memory_of_all() {
    let world = World::with_memory(1 << 20).await;
    let acme = world.console.tenant("acme");
    let point = |n: i64| Metric::at(BASE_MS + n, "m", "gauge").with("value", 1.0);
    world.writer.append(&acme, Signal::Metrics, &(0..20_000).map(point).collect::<Vec<_>>());
    world.writer.cut(&acme).await;
    let asked = |to_ms: i64| format!("metrics/series?name=m&from={BASE_MS}&to={}", BASE_MS + to_ms);
    let (status, code) = world.refusal(&acme, &asked(60_000)).await;
    assert_eq!((status, code.as_str()), (413, "query_too_large"));
    // A shorter one fits, again and again: what was kept is given back.
    for _ in 0..5 {
        let drawn = world.get(&acme, &asked(1_000)).await;
        assert_eq!(drawn["series"].as_array().unwrap().len(), 1, "{drawn}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_without_an_attribute_are_not_read_for_it() {
    const DAY_MS: i64 = 86_400_000;
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    for (tier, numbers, start_ms) in [("gold", 1..=5, BASE_MS), ("iron", 6..=9, BASE_MS + DAY_MS)] {
        let pairs = [("tier", json!(tier))];
        let span =
            |n: u64| Span::entry(n, n, start_ms + n as i64, 5.0).with("attributes", attributes(&pairs));
        world.writer.append(&acme, Signal::Traces, &numbers.map(span).collect::<Vec<_>>());
        world.writer.cut(&acme).await;
    }
    // A segment for each day.
    world.writer.merge(&acme).await;
    let merged: Vec<_> =
        world.objects().into_iter().filter(|path| path.iter().any(|dir| dir == "tenants")).collect();
    assert_eq!(merged.len(), 2, "{merged:?}");
    let answer = async |sql: &str| {
        let to = (BASE_MS + 2 * DAY_MS).to_string();
        let question = json!({ "sql": sql, "from": BASE_MS.to_string(), "to": to });
        let answer = world.sql(&acme, &question).await;
        let (status, mut body) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
        (status, body["rows"].take())
    };
    let of = |tier: &str| format!("select count(*) from spans where attr(attributes, 'tier') = '{tier}'");
    let gold = [
        of("gold"),
        format!("{} or attr(resource, 'tier') = 'gold'", of("gold")),
        format!("{} and duration_ms > 1", of("gold")),
        "select count(*) from (select attributes as a from spans) where 'gold' = attr(a, 'tier')".to_owned(),
    ];
    for sql in &gold {
        assert_eq!(answer(sql).await, (200, json!([[5]])), "{sql}");
    }
    assert_eq!(answer(&of("iron")).await, (200, json!([[4]])));

    // Of both it is known now what they may hold. Without the one that holds gold nothing of gold is answered; without
    // the other everything is, and only of gold.
    let mut needed = Vec::new();
    for path in &merged {
        let aside = path.with_extension("aside");
        std::fs::rename(path, &aside).unwrap();
        let is_needed = answer(&gold[0]).await.0 != 200;
        for sql in &gold {
            let (status, rows) = answer(sql).await;
            assert_eq!(status != 200, is_needed, "{sql}: {status} {rows}");
        }
        assert_eq!(answer(&of("iron")).await.0 == 200, is_needed);
        let joined = "select count(*) from spans a join spans b on a.span_id = b.span_id
                       where attr(a.attributes, 'tier') = 'gold'";
        for all in ["select count(*) from spans", joined] {
            assert!(answer(all).await.0 >= 500, "{all}");
        }
        needed.push(is_needed);
        std::fs::rename(&aside, path).unwrap();
    }
    needed.sort_unstable();
    assert_eq!(needed, [false, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_grows_without_bound_ends_at_a_cap() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &spans(1..=1_000));

    let million = ask(&world, &acme, "select a.span_id, b.span_id from spans a cross join spans b").await;
    assert_eq!(million["rows"].as_array().unwrap().len(), 10_000);
    assert!(million["truncated"].as_str().unwrap().contains("LIMIT"), "{}", million["truncated"]);

    let sorted = "select a.time, b.time, c.time from spans a, spans b, spans c order by a.span_id, b.span_id";
    let (status, problem) = refusal(&world, &acme, sorted).await;
    assert_eq!((status, &problem["code"]), (413, &json!("query_too_large")), "{problem}");
    // And others still have all the memory there is.
    assert_eq!(rows(&world, &acme, "select count(*) from spans").await, json!([[1_000]]));
}
