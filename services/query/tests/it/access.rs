//! Who sees what: nothing without a credential of this host, and nobody else's projects ever.

use naru_signal::Signal;
use serde_json::Value;

use crate::world::{Span, World};

/// Every route with its method, a project and a trace put in.
fn routes(project: &str) -> Vec<(&'static str, String)> {
    let paths = naru_query::openapi("naru_session").paths.paths;
    let fill = |path: &String| path.replace("{id}", project).replace("{trace_id}", &format!("{:032x}", 1));
    let method = |item: &utoipa::openapi::PathItem| if item.post.is_some() { "POST" } else { "GET" };
    paths.iter().map(|(path, item)| (method(item), fill(path))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_sees_its_own_and_nobody_elses() {
    let world = World::start().await;
    let (acme, globex) = (world.console.tenant("acme"), world.console.tenant("globex"));
    world.writer.append(&acme, Signal::Traces, &[Span::entry(1, 1, 1_700_000_000_000, 5.0)]);

    for (method, route) in routes(&acme.project.to_string()) {
        let status = async |slug: &str, token: Option<&str>, path: &str| {
            let response = world.send_by(method, slug, token, path).await;
            assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
            response.status().as_u16()
        };
        assert_eq!(status("acme", None, &route).await, 401, "{route} without a credential");
        assert_eq!(status("acme", Some("nat_invented"), &route).await, 401, "{route} with an invented token");
        assert_eq!(status("acme", Some("nlk_local_key"), &route).await, 401, "{route} with a license key");
        assert_eq!(status("acme", Some(&globex.token), &route).await, 401, "{route} with a foreign token");
        assert_eq!(status("globex", Some(&acme.token), &route).await, 401, "{route} on a foreign host");
        if route.contains("/projects/") {
            assert_eq!(status("globex", Some(&globex.token), &route).await, 404, "{route} of another tenant");
            let bad = route.replace(&acme.project.to_string(), "prj_nonsense");
            assert_eq!(status("acme", Some(&acme.token), &bad).await, 404, "{bad}");
        }
        let elsewhere = world.send_with(&route, &[("host", "acme.apm.seoul.localhost")]).await;
        assert_eq!(elsewhere.status(), 421, "{route} on a host of another region");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_cookie_works_on_its_host_and_from_its_own_pages_only() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let cookie = format!("naru_session_8080={}", acme.session);
    let (host, cookie) = (("host", "acme.apm.local.localhost:8080"), ("cookie", cookie.as_str()));

    let own = world.send_with("/api/v1/me", &[host, cookie, ("sec-fetch-site", "same-origin")]).await;
    assert_eq!(own.status(), 200);
    assert_eq!(own.headers()["cache-control"], "no-store");
    let me: Value = own.json().await.unwrap();
    assert_eq!(me["user"]["name"], "Ann");
    assert_eq!(me["tenant"]["slug"], "acme");
    assert_eq!(me["console_url"], "http://console.localhost:8080");
    assert_eq!(me["projects"][0]["id"], acme.project.to_string());
    assert_eq!(me["projects"][0]["created_at"], "2023-11-14T22:13:20Z");

    let sibling = world.send_with("/api/v1/me", &[host, cookie, ("sec-fetch-site", "same-site")]).await;
    assert_eq!(sibling.status(), 403);
    let foreign = [("host", "globex.apm.local.localhost:8080"), cookie];
    let refused = world.send_with("/api/v1/me", &foreign).await;
    assert_eq!(refused.status(), 401);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!((&problem["code"], &problem["login_url"]), (&"unauthenticated".into(), &"/auth/start".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_console_is_away_nobody_is_told_that_they_are_unknown() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    world.console.go_away();

    let response = world.send("acme", Some(&acme.token), "/api/v1/me").await;

    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused_by_field() {
    let world = World::start().await;
    let acme = world.console.tenant("acme");
    let invalid = (422, "invalid".to_owned());
    for path in [
        "heatmap?from=yesterday",
        "heatmap?scale=cubic",
        "heatmap?step_ms=1",
        "heatmap?step_ms=much",
        "applications?from=0&to=9999999999999",
        "series",
        "series?metric=p42",
        "transactions?min_ms=5&max_ms=5",
        "transactions?limit=1001",
        "transactions?cursor=1.2.3.4.5&from=0&to=1000",
        "transactions?status=slow",
        "logs?severity=loud",
        "logs?trace_id=xyz",
        "metrics/series",
        "metrics/series?name=a&aggregation=median",
    ] {
        assert_eq!(world.refusal(&acme, path).await, invalid, "{path}");
    }
    let none = format!("traces/{:032x}", 99);
    assert_eq!(world.refusal(&acme, &none).await, (404, "not_found".to_owned()));
    assert_eq!(world.refusal(&acme, "traces/xyz").await, (404, "not_found".to_owned()));
}
