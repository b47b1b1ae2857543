//! Log-in, its limits, the grace of 24 hours, tokens, and whose requests are taken.

use std::time::Duration;

use naru_console_api::Credential;
use reqwest::Method;
use serde_json::json;

use crate::{
    bench::{Bench, PASSWORD, new_project},
    browser::{CONSOLE, digest},
    mailbox::{mail_to, token},
};

#[tokio::test]
async fn guessing_is_slowed_down_also_without_redis() {
    let bench = Bench::start().await;
    bench.tenant("acme").await;
    let mut browser = bench.browser();
    let wrong = json!({"email": "owner@acme.example.com", "password": "not this one"});
    let nobody = json!({"email": "nobody@acme.example.com", "password": "not this one"});
    for guess in [&wrong, &nobody] {
        let answer = browser.post("/api/v1/sessions", guess.clone()).await;
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("invalid_credentials")));
    }

    bench.redis.stop();
    let mut statuses = Vec::new();
    for _ in 0..12 {
        let answer = browser.post("/api/v1/sessions", wrong.clone()).await;
        if answer.status == 429 {
            assert!((1..=600).contains(&answer.header("retry-after").parse::<u64>().unwrap()));
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");

    bench.advance(Duration::from_secs(600));
    let right = browser
        .post("/api/v1/sessions", json!({"email": "owner@acme.example.com", "password": PASSWORD}))
        .await;
    assert_eq!(right.status, 201, "{}", right.text);
    bench.stop().await;
}

#[tokio::test]
async fn after_a_day_an_unproven_address_may_look_but_not_change() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    assert_eq!(browser.post("/api/v1/projects", new_project("before")).await.status, 201);

    bench.advance(Duration::from_secs(24 * 3_600));
    assert_eq!(browser.get("/api/v1/projects").await.status, 200);
    let refused = browser.post("/api/v1/projects", new_project("after")).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("email_unverified")));
    let login = json!({"email": "owner@acme.example.com", "password": PASSWORD});
    let refused = bench.browser().post("/api/v1/sessions", login.clone()).await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("email_unverified")));

    // With a session, and without one by address; nobody learns which addresses are known.
    let mail = |count| mail_to(bench.mails.path(), "owner@acme.example.com", count);
    mail(1).await;
    assert_eq!(browser.post("/api/v1/email-verifications/resend", json!({})).await.status, 204);
    mail(2).await;
    let by_address = |email: &str| {
        let (mut browser, body) = (bench.browser(), json!({"email": email}));
        async move { browser.post("/api/v1/email-verifications/resend", body).await.status }
    };
    assert_eq!(by_address("nobody@acme.example.com").await, 204);
    assert_eq!(by_address("owner@acme.example.com").await, 204);
    let body = json!({"token": token(&mail(3).await)});
    assert_eq!(browser.post("/api/v1/email-verifications", body).await.status, 200);

    assert_eq!(browser.post("/api/v1/projects", new_project("after")).await.status, 201);
    assert_eq!(bench.browser().post("/api/v1/sessions", login).await.status, 201);
    bench.stop().await;
}

#[tokio::test]
async fn a_verification_link_ends_after_a_week_and_a_false_one_never_holds() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    let link = token(&mail_to(bench.mails.path(), "owner@acme.example.com", 1).await);
    let refused = browser.post("/api/v1/email-verifications", json!({"token": "nev_0"})).await;
    assert_eq!((refused.status, refused.field_codes()), (422, vec!["token:unknown".to_owned()]));
    bench.advance(Duration::from_secs(7 * 86_400));
    assert_eq!(browser.post("/api/v1/email-verifications", json!({"token": link})).await.status, 422);
    bench.stop().await;
}

#[tokio::test]
async fn a_token_works_until_it_is_revoked_and_cannot_make_another() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    bench.tenant("globex").await;
    let made = browser.post("/api/v1/tokens", json!({"name": "ci"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let text = made.json()["token"].as_str().unwrap().to_owned();
    assert!(!browser.get("/api/v1/tokens").await.text.contains(&text));

    let mut program = bench.browser();
    program.bearer = Some(text.clone());
    assert_eq!(program.post("/api/v1/projects", new_project("by a program")).await.status, 201);
    assert_eq!(
        program.post("/api/v1/tokens", json!({"name": "more"})).await.json()["code"],
        "session_required"
    );
    let credential = || Credential::Token(digest(&text));
    let caller = bench.ask("acme", credential()).await.unwrap().unwrap();
    assert!(caller.token.is_some() && caller.person.is_none() && caller.projects.len() == 1);
    assert!(bench.ask("globex", credential()).await.unwrap().is_none());

    let path = format!("/api/v1/tokens/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(browser.delete(&path).await.status, 204);
    assert_eq!(browser.delete(&path).await.status, 204);
    assert_eq!(program.get("/api/v1/projects").await.status, 401);
    assert!(bench.ask("acme", credential()).await.unwrap().is_none());
    bench.stop().await;
}

#[tokio::test]
async fn only_pages_of_the_same_host_change_anything() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    let table = [
        ("http://evil.example", "cross-site"),
        ("http://acme.apm.local.localhost:8080", "same-site"),
        ("http://console.localhost", "same-site"),
        ("https://console.localhost:8080", "cross-site"),
        ("null", "cross-site"),
        ("", "same-site"),
    ];
    for (origin, fetch_site) in table {
        let body = Some(new_project("x"));
        let answer =
            browser.send_from(Method::POST, CONSOLE, "/api/v1/projects", body, origin, fetch_site).await;
        assert_eq!(answer.status, 403, "{origin} {fetch_site}: {}", answer.text);
    }
    assert_eq!(browser.get("/api/v1/projects").await.json(), json!({"projects": []}));
    bench.stop().await;
}

#[tokio::test]
async fn a_person_changes_their_language() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    let answer = browser.send(Method::PATCH, CONSOLE, "/api/v1/me", Some(json!({"locale": "ko"}))).await;
    assert_eq!((answer.status, &answer.json()["user"]["locale"]), (200, &json!("ko")));
    assert_eq!(answer.json()["user"]["name"], "Kim Naru");
    let answer = browser.send(Method::PATCH, CONSOLE, "/api/v1/me", Some(json!({"locale": "xx"}))).await;
    assert_eq!(answer.field_codes(), ["locale:unsupported"]);
    bench.stop().await;
}
