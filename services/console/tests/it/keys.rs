//! A license key that reaches nobody does not live.

use std::time::Duration;

use serde_json::json;
use sqlx::PgPool;

use crate::{
    bench::{Bench, new_project},
    browser::Browser,
};

async fn project(browser: &mut Browser) -> String {
    let made = browser.post("/api/v1/projects", new_project("shop")).await;
    format!("/api/v1/projects/{}/license-keys", made.json()["id"].as_str().unwrap())
}

/// Waits until the project has one key, and that is revoked.
async fn until_revoked(browser: &Browser, keys: &str) {
    naru_testkit::wait_until("the key is revoked", Duration::from_secs(15), || {
        let mut browser = browser.clone();
        async move {
            let listed = browser.get(keys).await.json();
            let all = listed["license_keys"].as_array().unwrap();
            all.len() == 1 && !all[0]["revoked_at"].is_null()
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_that_could_not_be_written_down_is_revoked() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let keys = project(&mut acme).await;
    let pool = PgPool::connect(&bench.postgres.superuser_url()).await.unwrap();
    sqlx::query("alter table console.audit add check (action <> 'key.issue')").execute(&pool).await.unwrap();
    let answer = acme.post(&keys, json!({})).await;
    assert_eq!(answer.status, 500, "{}", answer.text);
    until_revoked(&acme, &keys).await;
    pool.close().await;
    bench.stop().await;
}

#[tokio::test]
async fn a_key_that_comes_after_its_caller_was_told_no_is_revoked() {
    let bench = Bench::start().await;
    let mut acme = bench.tenant("acme").await;
    let keys = project(&mut acme).await;
    let answer = acme.post(&keys, json!({"name": "late"})).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    until_revoked(&acme, &keys).await;
    bench.stop().await;
}
