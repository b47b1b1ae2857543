//! The event log of the install page.

use std::time::Duration;

use futures::StreamExt;
use naru_ids::{ProjectId, TenantId};
use naru_ingest_api::{OnboardingEvent, OnboardingKind, onboarding_subject};
use reqwest::{Method, Response};
use serde_json::json;

use crate::{
    bench::{Bench, new_project},
    browser::{Browser, CONSOLE},
};

/// An open event stream, and what came on it so far.
struct Log {
    response: Response,
    text: String,
}

impl Log {
    async fn open(browser: &Browser, path: &str, after: Option<&str>) -> Self {
        let mut request = browser.request(Method::GET, CONSOLE, path).header("sec-fetch-site", "same-origin");
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// Reads until `count` events came; all so far: (id, data).
    async fn events(&mut self, count: usize) -> Vec<(String, serde_json::Value)> {
        let read = async {
            while self.complete().filter(|event| event.contains("data:")).count() < count {
                let bytes = self.response.chunk().await.unwrap().unwrap();
                self.text.push_str(std::str::from_utf8(&bytes).unwrap());
            }
        };
        tokio::time::timeout(Duration::from_secs(10), read).await.expect("events within 10 s");
        let field = |event: &str, name: &str| {
            event.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
        };
        self.complete()
            .filter_map(|event| {
                Some((field(event, "id:")?, serde_json::from_str(&field(event, "data:")?).unwrap()))
            })
            .collect()
    }

    /// Events whose end has come.
    fn complete(&self) -> impl Iterator<Item = &str> {
        let end = self.text.rfind("\n\n").unwrap_or(0);
        self.text[..end].split("\n\n")
    }
}

async fn events(
    browser: &Browser,
    path: &str,
    after: Option<&str>,
    count: usize,
) -> Vec<(String, serde_json::Value)> {
    Log::open(browser, path, after).await.events(count).await
}

async fn tell(bench: &Bench, tenant: TenantId, project: ProjectId, at_ms: u64, kind: OnboardingKind) {
    let event = serde_json::to_vec(&OnboardingEvent { v: 1, at_ms, kind }).unwrap();
    let ack = bench.bus.jetstream.publish(onboarding_subject(tenant, project), event.into()).await.unwrap();
    ack.await.unwrap();
}

fn refused(detail: &str) -> OnboardingKind {
    OnboardingKind::Refused { reason: "revoked".into(), detail: detail.into(), peer: "10.0.0.1".into() }
}

#[tokio::test]
async fn the_log_shows_what_was_then_what_is_and_goes_on_where_it_stopped() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let session = acme.get("/api/v1/sessions/current").await.json();
    let tenant: TenantId = session["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let created = acme.post("/api/v1/projects", new_project("shop")).await.json();
    let project: ProjectId = created["id"].as_str().unwrap().parse().unwrap();
    let path = format!("/api/v1/projects/{project}/onboarding");

    // The console's own reader makes the stream when nobody has.
    naru_testkit::wait_until("the stream is there", Duration::from_secs(10), || async {
        bench.bus.jetstream.get_stream("ONBOARDING").await.is_ok()
    })
    .await;
    tell(&bench, tenant, project, 1, refused("one")).await;
    tell(&bench, tenant, ProjectId::new(naru_ids::UnixMs(1)), 2, refused("of another project")).await;
    let mut log = Log::open(&acme, &path, None).await;
    assert_eq!(log.events(1).await.len(), 1);
    // The stream is open and has shown what was: this one comes while it is watched.
    tell(&bench, tenant, project, 3, refused("two")).await;
    let seen = log.events(2).await;
    let details: Vec<&str> = seen.iter().map(|(_, event)| event["detail"].as_str().unwrap()).collect();
    assert_eq!(details, ["one", "two"]);
    assert_eq!((&seen[0].1["kind"], &seen[0].1["at_ms"]), (&json!("refused"), &json!(1)));

    let after = events(&acme, &path, Some(&seen[0].0), 1).await;
    assert_eq!(after, seen[1..]);
    // A sequence of a stream that was made anew since starts from the beginning.
    assert_eq!(events(&acme, &path, Some("99999"), 2).await, seen);

    let first = OnboardingKind::FirstSpan {
        application: "shop".into(),
        trace_id: "00".into(),
        operation: "GET /".into(),
    };
    tell(&bench, tenant, project, 1_764_000_000_000, first).await;
    naru_testkit::wait_until("the tile knows of the first span", Duration::from_secs(10), || {
        let mut acme = acme.clone();
        async move {
            let tile = acme.get(&format!("/api/v1/projects/{project}")).await.json();
            tile["first_data_at"] == "2025-11-24T16:00:00.000Z"
        }
    })
    .await;
    bench.stop().await;
}

#[tokio::test]
async fn a_stream_ends_with_the_session() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let id =
        acme.post("/api/v1/projects", new_project("shop")).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/projects/{id}/onboarding");
    let response = acme.request(Method::GET, CONSOLE, &path).send().await.unwrap();
    let mut bytes = response.bytes_stream();
    assert!(bytes.next().await.unwrap().is_ok());
    acme.delete("/api/v1/sessions/current").await;
    let ended = async { while bytes.next().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(10), ended).await.expect("the stream ends");
    bench.stop().await;
}

#[tokio::test]
async fn a_test_trace_is_asked_of_ingest() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let id =
        acme.post("/api/v1/projects", new_project("shop")).await.json()["id"].as_str().unwrap().to_owned();
    let sent = acme.post(&format!("/api/v1/projects/{id}/test-trace"), json!({})).await;
    assert_eq!((sent.status, sent.json()), (202, json!({"trace_id": "0af7651916cd43dd8448eb211c80319c"})));
    bench.stop().await;
}
