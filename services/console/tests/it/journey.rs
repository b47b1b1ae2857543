//! The path of a new user, from sign-up to a session on their tenant's host.

use naru_console_api::Credential;
use naru_license_api::KeyText;
use serde_json::json;

use crate::{
    bench::{Bench, PASSWORD, new_project, sign_up},
    browser::{CONSOLE, digest},
    mailbox::{mail_to, token},
};

const HOST: &str = "acme.apm.local.localhost";

#[tokio::test]
async fn a_stranger_signs_up_and_comes_to_their_own_apm() {
    let bench = Bench::start().await;
    let mut browser = bench.browser();

    let signed_up = browser.post("/api/v1/signup", sign_up("acme")).await;
    assert_eq!(signed_up.status, 201, "{}", signed_up.text);
    let session = signed_up.json();
    assert_eq!(session["tenant"]["slug"], "acme");
    assert_eq!(session["tenant"]["apm_url"], "http://acme.apm.local.localhost:8080");
    assert_eq!((&session["role"], &session["user"]["email_verified"]), (&json!("owner"), &json!(false)));
    assert_eq!(signed_up.header("cache-control"), "no-store");

    let mail = mail_to(bench.mails.path(), "owner@acme.example.com", 1).await;
    let token = token(&mail);
    for _ in 0..2 {
        // Mail scanners click first, people second.
        let verified = bench.browser().post("/api/v1/email-verifications", json!({"token": token})).await;
        assert_eq!((verified.status, verified.json()), (200, json!({"email": "owner@acme.example.com"})));
    }

    assert_eq!(browser.delete("/api/v1/sessions/current").await.status, 204);
    assert_eq!(browser.get("/api/v1/sessions/current").await.status, 401);
    let login = browser
        .post("/api/v1/sessions", json!({"email": "Owner@Acme.example.com", "password": PASSWORD}))
        .await;
    assert_eq!(login.status, 201, "{}", login.text);
    assert_eq!(login.json()["user"]["email_verified"], true);
    assert_eq!(login.json()["user"]["verify_by"], json!(null));

    let project = browser.post("/api/v1/projects", new_project("Web shop")).await;
    assert_eq!(project.status, 201, "{}", project.text);
    let id = project.json()["id"].as_str().unwrap().to_owned();
    let listed = browser.get("/api/v1/projects").await.json();
    assert_eq!(listed["projects"][0]["id"], id.as_str());
    assert_eq!(listed["projects"][0]["spans_total"], 0);
    assert_eq!(listed["projects"][0]["first_data_at"], json!(null));

    let key = browser.post(&format!("/api/v1/projects/{id}/license-keys"), json!({"name": "first"})).await;
    assert_eq!(key.status, 201, "{}", key.text);
    assert_eq!(KeyText::parse(key.json()["key"].as_str().unwrap()).unwrap().region(), "local");
    let keys = browser.get(&format!("/api/v1/projects/{id}/license-keys")).await;
    assert!(!keys.text.contains(key.json()["key"].as_str().unwrap()));
    let key_path = format!("/api/v1/license-keys/{}", key.json()["id"].as_str().unwrap());
    assert_eq!(browser.delete(&key_path).await.status, 204);
    assert_eq!(browser.delete(&key_path).await.status, 204);

    let back = format!("/projects/{id}?from=1&to=2");
    let start = "/auth/start?return=".to_owned() + &back.replace('&', "%26");
    let (_, next) = browser.navigate(HOST, &start).await;
    let (host, path) = next.unwrap();
    assert_eq!(host, CONSOLE);
    let (_, next) = browser.navigate(&host, &path).await;
    let (host, path) = next.unwrap();
    assert_eq!(host, HOST);
    let (arrived, next) = browser.navigate(&host, &path).await;
    assert_eq!((arrived.status, next), (303, Some((HOST.to_owned(), back))));
    let secret = browser.session(HOST).unwrap().to_owned();
    assert_ne!(Some(secret.as_str()), browser.session(CONSOLE));

    let caller = bench.ask("acme", Credential::Session(digest(&secret))).await.unwrap().unwrap();
    assert_eq!((caller.tenant.slug.as_str(), caller.role.as_str()), ("acme", "owner"));
    assert_eq!(caller.person.unwrap().email, "owner@acme.example.com");
    assert_eq!(caller.projects[0].id.to_string(), id);

    // Who logs out on the console is out on the tenant's host as well.
    assert_eq!(browser.delete("/api/v1/sessions/current").await.status, 204);
    assert!(bench.ask("acme", Credential::Session(digest(&secret))).await.unwrap().is_none());
    bench.stop().await;
}

#[tokio::test]
async fn a_korean_speaker_reads_a_korean_mail() {
    let bench = Bench::start().await;
    let mut form = sign_up("hangang");
    form["locale"] = json!("ko-KR");
    form["name"] = json!("김나루");
    assert_eq!(bench.browser().post("/api/v1/signup", form).await.status, 201);
    let mail = mail_to(bench.mails.path(), "owner@hangang.example.com", 1).await;
    assert!(mail.contains("김나루 님, 안녕하세요.") && token(&mail).starts_with("nev_"), "{mail}");
    bench.stop().await;
}
