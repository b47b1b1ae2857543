//! Statements that answer much, that take long, and that nobody waits for any more.

use std::{sync::Arc, time::Duration};

use naru_signal::Signal;
use naru_testkit::wait_until;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    sql::{BASE_MS, ask, question, refusal, rows, spans},
    world::{Span, Tenant, World},
};

/// Of a thousand spans it would have a thousand million rows.
const ENDLESS: &str =
    "select a.span_id, b.span_id, c.span_id from spans a, spans b, spans c where a.name <> 'none'";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_long_texts_is_cut_by_bytes_and_says_so() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let long = "x".repeat(10_000);
    let rows: Vec<Span> = spans(1..=100).into_iter().map(|span| span.with("name", long.clone())).collect();
    world.writer.append(&acme, Signal::Traces, &rows);
    let answer = ask(&world, &acme, "select a.name from spans a, spans b").await;
    assert!(answer["truncated"].as_str().unwrap().contains("8 MiB"), "{}", answer["truncated"]);
    assert_eq!(answer["rows"].as_array().unwrap().len(), (8 << 20) / 10_002);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_statement_at_a_time_is_told_to_wait_and_pages_are_not() {
    let world = Arc::new(World::start().await);
    let (acme, globex) = (world.console.tenant("acme"), world.console.tenant("globex"));
    world.writer.append(&acme, Signal::Traces, &spans(1..=1_000));
    world.writer.append(&globex, Signal::Traces, &spans(1..=1));
    let asking = fill_places(&world, &acme, world.url()).await;
    // Neither others, nor pages of the same tenant.
    assert_eq!(rows(&world, &globex, "select count(*) from spans").await, json!([[1]]));
    let range = format!("from={BASE_MS}&to={}", BASE_MS + 60_000);
    assert_eq!(world.get(&acme, &format!("heatmap?{range}")).await["total"], json!(1_000));
    asking.into_iter().for_each(|asking| asking.abort());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_sent_as_they_are_found_to_who_asks_for_lines() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &spans(1..=1_000));
    let asked =
        |sql: &str| world.sql_at(world.url(), &acme, &question(sql)).header("accept", "application/x-ndjson");
    let parsed = |text: &str| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    let three = "select span_id, duration_ms from spans order by span_id limit 3";
    let answer = asked(three).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    let lines: Vec<Value> = parsed(&answer.text().await.unwrap());
    let columns = json!([{"name": "span_id", "type": "text"}, {"name": "duration_ms", "type": "number"}]);
    let row = |number: u64| json!([format!("{number:016x}"), 5.0]);
    let end = json!({ "truncated": null, "incomplete": [] });
    assert_eq!(lines, [json!({ "columns": columns }), row(1), row(2), row(3), end]);

    // Of an answer that takes minutes, lines are there at once, and whoever has seen enough goes.
    let mut answer = asked(ENDLESS).send().await.unwrap();
    let mut read = 0;
    while read < 1 << 20 {
        read += answer.chunk().await.unwrap().expect("there is more").len();
    }
    drop(answer);

    // Beyond what is sent at all.
    let answer = asked("select a.duration_ms from spans a, spans b, spans c").send().await.unwrap();
    let lines: Vec<Value> = parsed(&answer.text().await.unwrap());
    assert_eq!(lines.len(), 1_000_002);
    assert!(lines.last().unwrap()["truncated"].as_str().unwrap().contains("1,000,000"));

    // What goes wrong before there are rows is a problem like any other, and what goes wrong later is the last line.
    let answer = asked("select nothing from spans").send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let sorted = "select a.time, b.time, c.time from spans a, spans b, spans c order by a.span_id, b.span_id";
    let lines: Vec<Value> = parsed(&asked(sorted).send().await.unwrap().text().await.unwrap());
    assert_eq!(lines.last().unwrap()["problem"]["code"], json!("query_too_large"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_its_lines_keeps_nobody_waiting_and_is_told() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &spans(1..=1_000));
    let request = world.sql_at(world.url(), &acme, &question(ENDLESS));
    let unread = request.header("accept", "application/x-ndjson").send().await.unwrap();
    // The tenant has one turn: this is answered when the other one is over.
    assert_eq!(rows(&world, &acme, "select count(*) from spans").await, json!([[1_000]]));
    let text = unread.text().await.unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["problem"]["code"], json!("answer_not_read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_its_scan() {
    let world = Arc::new(World::start().await);
    let url = world.url().to_owned();
    leave_in_the_middle(world, url).await;
}

/// Who leaves closes a connection to the proxy, which must say so to query.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_its_scan_through_the_edge_too() {
    let world = Arc::new(World::start().await);
    let edge = world.edge().await;
    leave_in_the_middle(world, edge.browsers_url()).await;
}

/// A place among the tenant's statements is given back by the last who works for one.
async fn leave_in_the_middle(world: Arc<World>, url: String) {
    let acme = world.console.tenant("acme");
    world.writer.append(&acme, Signal::Traces, &spans(1..=1_000));
    let asking = fill_places(&world, &acme, &url).await;
    assert!(asking.iter().all(|asking| !asking.is_finished()), "they were to take minutes");
    asking.into_iter().for_each(|asking| asking.abort());
    // Well before they would have been ended for taking too long.
    wait_until("nobody works for them", Duration::from_secs(15), || async {
        refusal(&world, &acme, "select nothing").await.0 == 400
    })
    .await;
}

/// Two statements that take minutes, as many as a tenant may have: a third is told to wait.
async fn fill_places(world: &Arc<World>, tenant: &Tenant, url: &str) -> Vec<JoinHandle<StatusCode>> {
    const ENDLESS: &str = "select d.name, count(*) from spans a, spans b, spans c, spans d group by d.name";
    let ask = |_| {
        let (world, tenant, url) = (Arc::clone(world), tenant.clone(), url.to_owned());
        tokio::spawn(
            async move { world.sql_at(&url, &tenant, &question(ENDLESS)).send().await.unwrap().status() },
        )
    };
    let asking: Vec<_> = (0..3).map(ask).collect();
    wait_until("there is no place left", Duration::from_secs(20), || async {
        asking.iter().any(JoinHandle::is_finished)
    })
    .await;
    let (told, held): (Vec<_>, Vec<_>) = asking.into_iter().partition(JoinHandle::is_finished);
    for told in told {
        assert_eq!(told.await.unwrap(), StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(held.len(), 2);
    held
}
