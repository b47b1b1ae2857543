//! The one-time code: once, in 60 s, on its host, in its browser; and no redirect leads elsewhere.

use std::time::Duration;

use reqwest::Method;

use crate::{
    bench::Bench,
    browser::{Browser, CONSOLE},
};

const ACME: &str = "acme.apm.local.localhost";
const GLOBEX: &str = "globex.apm.local.localhost";

/// From the tenant's host to the console and back: the path of the callback with a fresh code.
async fn code(browser: &mut Browser, host: &str) -> String {
    let (_, next) = browser.navigate(host, "/auth/start?return=/here").await;
    let (console, path) = next.unwrap();
    let (answer, next) = browser.navigate(&console, &path).await;
    let (back, path) = next.unwrap_or_else(|| panic!("{} {}", answer.status, answer.text));
    assert_eq!((back.as_str(), path.split('?').next().unwrap()), (host, "/auth/callback"));
    path
}

#[tokio::test]
async fn a_code_works_once() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    let callback = code(&mut browser, ACME).await;
    let copy = browser.clone();
    let (first, next) = browser.navigate(ACME, &callback).await;
    assert_eq!((first.status, next.unwrap().1.as_str()), (303, "/here"));
    let (second, _) = copy.clone().navigate(ACME, &callback).await;
    assert_eq!((second.status, second.json()["code"].as_str()), (401, Some("hand_over_refused")));
    bench.stop().await;
}

#[tokio::test]
async fn a_code_works_only_in_its_browser_on_its_host_and_within_a_minute() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    bench.tenant("globex").await;

    // Another browser, without the nonce or with a nonce of its own.
    let callback = code(&mut browser, ACME).await;
    assert_eq!(bench.browser().navigate(ACME, &callback).await.0.status, 401);
    // A code that was shown to the wrong browser has leaked: it is used up.
    assert_eq!(browser.navigate(ACME, &callback).await.0.status, 401);
    let callback = code(&mut browser, ACME).await;
    let mut other = bench.browser();
    other.navigate(ACME, "/auth/start").await;
    assert_eq!(other.navigate(ACME, &callback).await.0.status, 401);

    // Another host, even with this browser's nonce carried over.
    let callback = code(&mut browser, ACME).await;
    let mut elsewhere = browser.clone();
    let jar = elsewhere.cookies[ACME].clone();
    elsewhere.cookies.insert(GLOBEX.to_owned(), jar);
    assert_eq!(elsewhere.navigate(GLOBEX, &callback).await.0.status, 401);

    let callback = code(&mut browser, ACME).await;
    bench.advance(Duration::from_secs(60));
    assert_eq!(browser.navigate(ACME, &callback).await.0.status, 401);
    let callback = code(&mut browser, ACME).await;
    bench.advance(Duration::from_secs(59));
    assert_eq!(browser.navigate(ACME, &callback).await.0.status, 303);
    bench.stop().await;
}

#[tokio::test]
async fn a_code_dies_with_the_console_session() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    let callback = code(&mut browser, ACME).await;
    assert_eq!(browser.delete("/api/v1/sessions/current").await.status, 204);
    assert_eq!(browser.navigate(ACME, &callback).await.0.status, 401);
    bench.stop().await;
}

#[tokio::test]
async fn a_refused_browser_reads_a_page_and_a_program_a_problem() {
    let bench = Bench::start().await;
    let browser = bench.tenant("acme").await;
    bench.tenant("globex").await;
    let elsewhere = format!("/auth/hand-over?host={GLOBEX}&nonce_digest={}", "0".repeat(64));
    for (host, path, code) in [
        (CONSOLE, elsewhere.as_str(), "not_your_tenant"),
        (CONSOLE, "/auth/hand-over", "bad_hand_over"),
        (ACME, "/auth/callback?code=nho_used", "hand_over_refused"),
        (ACME, "/auth/callback", "hand_over_refused"),
    ] {
        let accepting =
            |accept: &str| browser.request(Method::GET, host, path).header("accept", accept).send();
        let page = accepting("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8").await.unwrap();
        let location = page.headers()["location"].to_str().unwrap();
        assert_eq!(
            (page.status(), location),
            (
                reqwest::StatusCode::SEE_OTHER,
                format!("http://{CONSOLE}:8080/log-in-refused?code={code}").as_str()
            )
        );
        let problem = accepting("application/json").await.unwrap();
        assert!(problem.status().is_client_error(), "{path}");
        assert_eq!(problem.json::<serde_json::Value>().await.unwrap()["code"], code);
    }
    bench.stop().await;
}

#[tokio::test]
async fn no_redirect_leaves_our_hosts() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    bench.tenant("globex").await;
    let nonce = "0".repeat(64);
    let foreign = [
        "evil.com",
        "evil.com/.apm.local.localhost",
        "acme.apm.local.localhost.evil.com",
        "evil.com%23.apm.local.localhost",
        "acme.apm.local.localhost%40evil.com",
        "unknown.apm.local.localhost",
        "acme.apm.seoul.localhost",
        "console.localhost",
        GLOBEX,
        "",
    ];
    for host in foreign {
        let (answer, next) = browser
            .navigate(CONSOLE, &format!("/auth/hand-over?host={host}&nonce_digest={nonce}&return=/"))
            .await;
        assert_eq!((answer.status, next), (403, None), "{host}: {}", answer.text);
    }
    for back in [
        "//evil.com",
        "https://evil.com",
        "/%5Cevil.com",
        "/%09/evil.com",
        "%0d%0aset-cookie:x=y",
        "javascript:x",
    ] {
        let (_, next) = browser.navigate(ACME, &format!("/auth/start?return={back}")).await;
        let (_, path) = next.unwrap();
        let (_, next) = browser.navigate(CONSOLE, &path).await;
        let (_, callback) = next.unwrap();
        // The last step must check for itself: anybody can write that link.
        let callback = callback.replace("return=%2F", &format!("return={back}"));
        let (arrived, next) = browser.navigate(ACME, &callback).await;
        assert_eq!((arrived.status, next), (303, Some((ACME.to_owned(), "/".to_owned()))), "{back}");
    }
    bench.stop().await;
}

#[tokio::test]
async fn without_a_session_the_console_asks_to_log_in_and_then_goes_on() {
    let bench = Bench::start().await;
    bench.tenant("acme").await;
    let mut browser = bench.browser();
    let (_, next) = browser.navigate(ACME, "/auth/start?return=/a").await;
    let (console, path) = next.unwrap();
    let (answer, next) = browser.navigate(&console, &path).await;
    let (host, login) = next.unwrap();
    assert_eq!((answer.status, host.as_str()), (303, CONSOLE));
    assert!(
        login.starts_with(
            "/login?next=%2Fauth%2Fhand-over%3Fhost%3Dacme.apm.local.localhost%26nonce_digest%3D"
        ),
        "{login}"
    );
    bench.stop().await;
}

#[tokio::test]
async fn logging_out_on_the_tenants_host_ends_the_console_session_too() {
    let bench = Bench::start().await;
    let mut browser = bench.tenant("acme").await;
    let callback = code(&mut browser, ACME).await;
    browser.navigate(ACME, &callback).await;
    let from_elsewhere = browser
        .send_from(
            Method::POST,
            ACME,
            "/auth/logout",
            None,
            "http://globex.apm.local.localhost:8080",
            "same-site",
        )
        .await;
    assert_eq!(from_elsewhere.status, 403);
    assert_eq!(browser.get("/api/v1/sessions/current").await.status, 200);
    assert_eq!(browser.send(Method::POST, ACME, "/auth/logout", None).await.status, 204);
    assert_eq!(browser.session(ACME), None);
    assert_eq!(browser.get("/api/v1/sessions/current").await.status, 401);
    bench.stop().await;
}
