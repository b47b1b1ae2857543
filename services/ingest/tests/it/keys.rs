//! Whose telemetry it is: which keys are good, and what is said when one is not.

use base64::{Engine, engine::general_purpose::STANDARD};
use naru_ingest_api::OnboardingKind;
use naru_license_api::{KEYS_USED, KeyText, KeysUsed, Refused};
use naru_testkit::wait_until;
use prost::Message;

use crate::world::{RpcStatus, WITHIN, World, spans};

#[tokio::test]
async fn a_key_is_found_in_each_of_the_four_places_and_names_the_tenant() {
    let w = World::start().await;
    let key = w.license.issue();
    let basic = STANDARD.encode(format!("naru:{}", key.text));
    for (name, value) in [
        ("x-naru-license", key.text.clone()),
        ("authorization", format!("Bearer {}", key.text)),
        ("authorization", format!("Basic {basic}")),
        ("apikey", key.text.clone()),
    ] {
        let answer = w.post(spans(1)).header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
    }
    let entries = w.entries().await;
    assert_eq!(entries.len(), 4);
    for entry in entries {
        assert_eq!((entry.tenant, entry.project), (key.claims.tenant, key.claims.project));
        assert_eq!((entry.key, entry.items, entry.is_unbilled), (key.claims.key, 1, false));
    }
}

#[tokio::test]
async fn each_refused_key_is_a_401_that_says_which_and_the_project_is_told() {
    let w = World::start().await;
    let (revoked, expired) = (w.license.issue(), w.license.issue());
    let elsewhere = w.license.issue_in("eu1");
    w.license.refuse(&revoked, Refused::Revoked);
    w.license.refuse(&expired, Refused::Expired);
    w.license.refuse(&elsewhere, Refused::WrongRegion);
    let (unknown, unknown_elsewhere) = (KeyText::generate("local"), KeyText::generate("eu1"));
    let table = [
        (None, "missing"),
        (Some("nlk_local_short"), "malformed"),
        (Some(unknown.expose()), "unknown"),
        (Some(unknown_elsewhere.expose()), "wrong_region"),
        (Some(&*revoked.text), "revoked"),
        (Some(&*expired.text), "expired"),
        (Some(&*elsewhere.text), "wrong_region"),
    ];
    for (key, code) in table {
        let mut request = w.post(spans(1));
        if let Some(key) = key {
            request = request.header("x-naru-license", key);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{code}");
        assert_eq!(answer.headers()["content-type"], "application/x-protobuf");
        let status = RpcStatus::decode(answer.bytes().await.unwrap()).unwrap();
        assert_eq!((status.code, status.message.split(':').next().unwrap()), (16, code));
    }
    for (key, code) in [(&revoked, "revoked"), (&expired, "expired"), (&elsewhere, "wrong_region")] {
        w.sees_event(
            key,
            code,
            |event| matches!(&event.kind, OnboardingKind::Refused { reason, .. } if reason == code),
        )
        .await;
    }
    assert!(w.entries().await.is_empty());
}

#[tokio::test]
async fn a_revoked_key_is_refused_as_soon_as_the_word_is_out() {
    let w = World::start().await;
    let key = w.license.issue();
    assert_eq!(w.send(&key, spans(1)).await.status(), 200);
    w.license.revoke(&key).await;
    wait_until("the key is refused", WITHIN, || async { w.send(&key, spans(1)).await.status() == 401 }).await;
}

#[tokio::test]
async fn an_announced_key_needs_no_question_and_one_of_another_region_is_still_refused() {
    let w = World::start().await;
    let (here, elsewhere) = (w.license.issue(), w.license.issue_in("eu1"));
    // Nobody answers, so whatever is known was announced.
    w.license.go_away().await;
    for key in [&here, &elsewhere] {
        w.license.announce(key).await;
    }
    wait_until("the key is known", WITHIN, || async { w.send(&here, spans(1)).await.status() == 200 }).await;
    wait_until("the other is known", WITHIN, || async { w.send(&elsewhere, spans(1)).await.status() != 503 })
        .await;
    let answer = w.send(&elsewhere, spans(1)).await;
    assert_eq!(answer.status(), 401);
    let status = RpcStatus::decode(answer.bytes().await.unwrap()).unwrap();
    assert!(status.message.starts_with("wrong_region: "), "{}", status.message);
    assert!(w.entries().await.iter().all(|entry| entry.project == here.claims.project));
}

#[tokio::test]
async fn a_refused_key_is_told_in_json_to_a_sender_of_json() {
    let w = World::start().await;
    let sent = reqwest::Client::new()
        .post(format!("{}/v1/logs", w.http))
        .header("content-type", "application/json")
        .header("x-naru-license", KeyText::generate("local").expose())
        .body("{}");
    let answer = sent.send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (401, &"application/json".parse().unwrap())
    );
    let status: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(status["code"], 16);
    assert!(status["message"].as_str().unwrap().starts_with("unknown: "), "{status}");
}

#[tokio::test]
async fn a_thousand_requests_with_one_junk_key_are_few_questions() {
    let w = World::start().await;
    let junk = KeyText::generate("local");
    let ask = || async { w.post(spans(1)).header("apikey", junk.expose()).send().await.unwrap().status() };
    for _ in 0..20 {
        let answers = futures::future::join_all((0..50).map(|_| ask())).await;
        assert!(answers.iter().all(|status| *status == 401));
    }
    assert!(w.license.asked() <= 3, "{} questions", w.license.asked());
}

#[tokio::test]
async fn used_keys_are_reported_at_the_latest_when_the_gateway_goes() {
    use futures::StreamExt;

    let w = World::start().await;
    let mut reports = w.bus.client.subscribe(KEYS_USED).await.unwrap();
    w.bus.client.flush().await.unwrap();
    let key = w.license.issue();
    assert_eq!(w.send(&key, spans(1)).await.status(), 200);
    w.stop.cancel();
    let report = tokio::time::timeout(WITHIN, reports.next()).await.unwrap().unwrap();
    let used = serde_json::from_slice::<KeysUsed>(&report.payload).unwrap().used;
    assert_eq!((used.len(), used[0].0, used[0].1), (1, key.claims.tenant, key.claims.key));
}
