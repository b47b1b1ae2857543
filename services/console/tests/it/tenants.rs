//! Tenants do not see each other, and peers that are away are said to be away.

use naru_ids::{KeyId, ProjectId, TokenId, UnixMs};
use naru_metering_api::{ProjectUsage, UsageAnswer, UsageDay, UsageTotals};
use reqwest::Method;
use serde_json::json;

use crate::{
    bench::{Bench, new_project},
    browser::CONSOLE,
};

#[tokio::test]
async fn another_tenants_ids_do_not_exist() {
    let bench = Bench::start().await;
    let (mut acme, mut globex) = (bench.tenant("acme").await, bench.tenant("globex").await);
    let project = globex.post("/api/v1/projects", new_project("theirs")).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let key = globex.post(&format!("/api/v1/projects/{project}/license-keys"), json!({})).await.json();
    let token = globex.post("/api/v1/tokens", json!({"name": "theirs"})).await.json();
    let (key, token) = (key["id"].as_str().unwrap(), token["id"].as_str().unwrap());
    let unknown = (ProjectId::new(UnixMs(1)), KeyId::new(UnixMs(1)), TokenId::new(UnixMs(1)));

    let paths = |project: &str, key: &str, token: &str| {
        [
            (Method::GET, format!("/api/v1/projects/{project}")),
            (Method::GET, format!("/api/v1/projects/{project}/install")),
            (Method::GET, format!("/api/v1/projects/{project}/license-keys")),
            (Method::POST, format!("/api/v1/projects/{project}/license-keys")),
            (Method::GET, format!("/api/v1/projects/{project}/onboarding")),
            (Method::POST, format!("/api/v1/projects/{project}/test-trace")),
            (Method::GET, format!("/api/v1/projects/{project}/usage")),
            (Method::DELETE, format!("/api/v1/license-keys/{key}")),
            (Method::DELETE, format!("/api/v1/tokens/{token}")),
        ]
    };
    let theirs = paths(&project, key, token);
    let nobodys = paths(&unknown.0.to_string(), &unknown.1.to_string(), &unknown.2.to_string());
    let malformed = paths("prj_1", "key_1", token.trim_start_matches("tok_"));
    for (method, path) in theirs.into_iter().chain(nobodys).chain(malformed) {
        let answer = acme.send(method.clone(), CONSOLE, &path, None).await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (404, Some("not_found")),
            "{method} {path}"
        );
    }
    assert_eq!(acme.get("/api/v1/projects").await.json(), json!({"projects": []}));
    assert_eq!(globex.get("/api/v1/tokens").await.json()["tokens"].as_array().unwrap().len(), 1);
    bench.stop().await;
}

#[tokio::test]
async fn a_wrong_project_form_is_told_field_by_field() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let wrong = json!({"name": "", "platform": "cobol", "region": "atlantis", "group": "x".repeat(81)});
    let answer = acme.post("/api/v1/projects", wrong).await;
    assert_eq!(
        answer.field_codes(),
        ["group:too_long", "name:required", "platform:unknown", "region:unknown"]
    );
    let answer = acme.post("/api/v1/projects", json!({"name": 7})).await;
    assert_eq!((answer.status, &answer.json()["errors"][0]["field"]), (422, &json!("name")));
    let smallest = acme.post("/api/v1/projects", json!({"name": "x", "platform": "go"})).await.json();
    assert_eq!((&smallest["region"], &smallest["group"]), (&json!("local"), &json!("default")));
    bench.stop().await;
}

#[tokio::test]
async fn what_license_refuses_is_told_as_a_wrong_field() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let id =
        acme.post("/api/v1/projects", new_project("shop")).await.json()["id"].as_str().unwrap().to_owned();
    let answer =
        acme.post(&format!("/api/v1/projects/{id}/license-keys"), json!({"name": "one too many"})).await;
    assert_eq!((answer.status, answer.field_codes()), (422, vec!["name:too_many".to_owned()]));
    bench.stop().await;
}

#[tokio::test]
async fn usage_and_tiles_show_what_metering_says() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let id =
        acme.post("/api/v1/projects", new_project("shop")).await.json()["id"].as_str().unwrap().to_owned();
    let totals = UsageTotals { spans: 12, metric_points: 3, log_records: 4, bytes: 500 };
    *bench.peers.usage.lock().unwrap() = UsageAnswer {
        totals,
        days: vec![UsageDay { day: "2026-11-21".into(), totals }],
        projects: vec![ProjectUsage {
            project: id.parse().unwrap(),
            totals,
            first_hour_ms: 1_764_000_000_000,
            last_hour_ms: 1_764_003_600_000,
        }],
    };
    let usage =
        acme.get(&format!("/api/v1/projects/{id}/usage?from=1764000000001&to=2025-11-24T17:00:00.5Z")).await;
    let numbers = json!({"spans": 12, "metric_points": 3, "log_records": 4, "bytes": 500});
    assert_eq!(usage.status, 200, "{}", usage.text);
    assert_eq!(usage.json()["totals"], numbers);
    assert_eq!(usage.json()["from"], "2025-11-24T16:00:00.000Z");
    assert_eq!(usage.json()["to"], "2025-11-24T18:00:00.000Z");
    assert_eq!(usage.json()["days"][0]["day"], "2026-11-21");
    assert_eq!(usage.json()["days"][0]["bytes"], 500);
    let tile = acme.get(&format!("/api/v1/projects/{id}")).await.json();
    assert_eq!(
        (&tile["spans_total"], &tile["first_data_at"]),
        (&json!(12), &json!("2025-11-24T16:00:00.000Z"))
    );
    assert_eq!(
        acme.get(&format!("/api/v1/projects/{id}/usage?from=x")).await.field_codes(),
        ["from:invalid"]
    );
    bench.stop().await;
}

#[tokio::test]
async fn a_peer_that_is_away_means_later_and_not_never() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let id =
        acme.post("/api/v1/projects", new_project("shop")).await.json()["id"].as_str().unwrap().to_owned();
    bench.peers.leave();
    for (method, path) in [
        (Method::GET, format!("/api/v1/projects/{id}/license-keys")),
        (Method::POST, format!("/api/v1/projects/{id}/license-keys")),
        (Method::POST, format!("/api/v1/projects/{id}/test-trace")),
        (Method::GET, format!("/api/v1/projects/{id}/usage")),
    ] {
        let answer = acme.send(method, CONSOLE, &path, None).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, "5"), "{path}: {}", answer.text);
    }
    // The board does not need them.
    let tile = acme.get(&format!("/api/v1/projects/{id}")).await;
    assert_eq!((tile.status, &tile.json()["spans_total"]), (200, &json!(null)));

    bench.nats.stop();
    assert_eq!(acme.get(&format!("/api/v1/projects/{id}/onboarding")).await.status, 503);
    assert_eq!(acme.get("/api/v1/projects").await.status, 200);
    bench.stop().await;
}
