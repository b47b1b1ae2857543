//! How much one person, company or network address may cause.

use std::time::Duration;

use naru_console::{error::Error, session::login::log_in};
use reqwest::Method;
use serde_json::json;

use crate::{
    bench::{Bench, PASSWORD, new_project},
    browser::CONSOLE,
};

#[tokio::test]
async fn wrong_log_ins_that_come_all_at_once_are_limited_as_well() {
    let bench = Bench::start().await;
    let guess = |number: usize| {
        let app = bench.app.clone();
        async move { log_in(&app, &format!("nobody{number}@b.co"), "wrong".into(), "203.0.113.9").await }
    };
    let answers = futures::future::join_all((0..130).map(guess)).await;
    let checked = answers.iter().filter(|answer| matches!(answer, Err(Error::Unauthorized { .. }))).count();
    let refused = answers.iter().filter(|answer| matches!(answer, Err(Error::TooMany { .. }))).count();
    assert_eq!((checked, refused), (100, 30));
    bench.stop().await;
}

#[tokio::test]
async fn a_stranger_locks_nobody_out_and_a_right_password_costs_nothing() {
    let bench = Bench::start().await;
    bench.tenant("acme").await;
    let email = "owner@acme.example.com";
    let mut last = None;
    for _ in 0..12 {
        last = Some(log_in(&bench.app, email, "wrong".into(), "203.0.113.9").await);
    }
    assert!(matches!(last, Some(Err(Error::TooMany { .. }))), "the stranger is stopped");
    for _ in 0..12 {
        log_in(&bench.app, email, PASSWORD.into(), "198.51.100.7").await.unwrap();
    }
    bench.stop().await;
}

#[tokio::test]
async fn test_traces_and_one_time_codes_run_out() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let made = acme.post("/api/v1/projects", new_project("shop")).await.json();
    let send = format!("/api/v1/projects/{}/test-trace", made["id"].as_str().unwrap());
    let over =
        format!("/auth/hand-over?host=acme.apm.local.localhost&nonce_digest={}&return=/", "0".repeat(64));
    for (method, path, fine) in [(Method::POST, &send, 202), (Method::GET, &over, 303)] {
        for attempt in 1..=61 {
            let answer = acme.send(method.clone(), CONSOLE, path, Some(json!({}))).await;
            assert_eq!(answer.status, if attempt <= 60 { fine } else { 429 }, "{path}: {}", answer.text);
        }
    }
    bench.advance(Duration::from_secs(600));
    assert_eq!(acme.post(&send, json!({})).await.status, 202);
    bench.stop().await;
}

#[tokio::test]
async fn a_mail_server_that_hangs_does_not_keep_console_from_stopping() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp_url = Some(format!("smtp://{}", silent.local_addr().unwrap()));
    let bench = Bench::start_with(|config| {
        config.mail_dir = None;
        config.smtp_url = smtp_url;
    })
    .await;
    bench.tenant("acme").await;
    let (_connection, _) = silent.accept().await.unwrap();
    let stopping = std::time::Instant::now();
    bench.stop().await;
    assert!(stopping.elapsed() < Duration::from_secs(3), "{:?}", stopping.elapsed());
}
