//! The running router and its OpenAPI description say the same.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::{bench::Bench, browser::CONSOLE};

const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
const ACME: &str = "acme.apm.local.localhost";

/// `GET /api/v1/projects` … as described.
fn described(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        METHODS
            .iter()
            .filter(|method| item.get(method.as_str().to_ascii_lowercase()).is_some())
            .map(move |method| format!("{method} {path}"))
    });
    operations.collect()
}

/// The paths that axum itself knows, read from its debug output: there is no other way to list them.
fn paths_of(router: &str) -> BTreeSet<String> {
    let mut paths: BTreeSet<String> = router
        .split('"')
        .filter(|text| text.starts_with('/') && !text.contains("__private"))
        .map(str::to_owned)
        .collect();
    paths.remove("/");
    paths
}

#[tokio::test]
async fn openapi_describes_every_route_that_runs_and_no_other() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let document = acme.get("/api/openapi.json").await.json();
    let described = described(&document);
    assert_eq!(described.len(), 26, "{described:#?}");

    let paths = paths_of(&format!("{:?}", naru_console::http::routes("naru_session")));
    let described_paths: BTreeSet<String> =
        described.iter().map(|operation| operation.split_once(' ').unwrap().1.to_owned()).collect();
    let undescribed: Vec<_> =
        paths.difference(&described_paths).filter(|path| *path != "/api/openapi.json").collect();
    assert!(undescribed.is_empty() && described_paths.is_subset(&paths), "{undescribed:?} {paths:?}");

    for path in &described_paths {
        let host = if ["/auth/start", "/auth/callback", "/auth/logout"].contains(&path.as_str()) {
            ACME
        } else {
            CONSOLE
        };
        for method in METHODS {
            let concrete = path.replace("{id}", "prj_01J00000000000000000000000");
            let mut stranger = bench.browser();
            let answer = stranger.send(method.clone(), host, &concrete, None).await;
            let runs = answer.status != 405;
            assert_eq!(
                runs,
                described.contains(&format!("{method} {path}")),
                "{method} {path}: {}",
                answer.status
            );
        }
    }
    bench.stop().await;
}

#[tokio::test]
async fn a_stranger_gets_401_wherever_a_credential_is_described() {
    let bench = Bench::start().await;
    let document = bench.browser().get("/api/openapi.json").await.json();
    let mut asked = 0;
    for operation in described(&document) {
        let (method, path) = operation.split_once(' ').unwrap();
        let item = &document["paths"][path][method.to_ascii_lowercase()];
        let open = item["security"]
            .as_array()
            .is_some_and(|ways| ways.iter().any(|way| way == &serde_json::json!({})));
        if open {
            continue;
        }
        let concrete = path.replace("{id}", "prj_01J00000000000000000000000");
        let answer = bench.browser().send(method.parse().unwrap(), CONSOLE, &concrete, None).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (401, "application/problem+json"),
            "{operation}"
        );
        let mut forged = bench.browser();
        forged.bearer = Some("nat_0123456789012345678901234567890123456".into());
        assert_eq!(
            forged.send(method.parse().unwrap(), CONSOLE, &concrete, None).await.status,
            401,
            "{operation}"
        );
        asked += 1;
    }
    assert_eq!(asked, 16);
    bench.stop().await;
}

#[tokio::test]
async fn each_host_serves_its_own_paths_only() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    for (host, path, status) in [
        (CONSOLE, "/auth/start", 404),
        (CONSOLE, "/auth/callback?code=x", 404),
        (ACME, "/api/v1/sessions/current", 404),
        (ACME, "/auth/hand-over", 404),
        (ACME, "/", 404),
        ("evil.example", "/api/v1/regions", 421),
        (CONSOLE, "/api/v1/regions", 200),
        (CONSOLE, "/api/v1/nothing", 404),
    ] {
        let answer = browser.send(Method::GET, host, path, None).await;
        assert_eq!(answer.status, status, "{host}{path}: {}", answer.text);
        if status >= 400 {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{host}{path}");
        }
    }
    bench.stop().await;
}
