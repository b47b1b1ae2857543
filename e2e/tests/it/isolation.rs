//! Tenants never see each other: every route of the running routers, by every kind of caller, on both hosts.
//!
//! The services list the paths of the routers they really serve (`/routes` on the admin port). A path that neither
//! OpenAPI nor [`UNDOCUMENTED`] knows, or an operation without a row in [`MATRIX`], fails.

mod identities;
mod world;

use std::collections::BTreeSet;

use naru_e2e::{Client, Shape, Stack};

use identities::at_acmes_host;
pub(crate) use identities::{at_globexs_host, at_the_console};
pub(crate) use world::World;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Anybody: sign-up, log-in, documents.
    Nothing,
    /// A caller of the host's tenant.
    Caller,
    /// A caller, and a project, key or token of the caller's own tenant in the path.
    Owner,
}

use Needs::{Caller, Nothing, Owner};

pub(crate) type Row = (&'static str, &'static str, Needs);

const CONSOLE: &[Row] = &[
    ("POST", "/api/v1/signup", Nothing),
    ("GET", "/api/v1/signup/availability", Nothing),
    ("POST", "/api/v1/email-verifications", Nothing),
    ("POST", "/api/v1/email-verifications/resend", Caller),
    ("POST", "/api/v1/sessions", Nothing),
    ("GET", "/api/v1/sessions/current", Caller),
    ("DELETE", "/api/v1/sessions/current", Caller),
    ("PATCH", "/api/v1/me", Caller),
    ("GET", "/api/v1/regions", Nothing),
    ("GET", "/api/v1/projects", Caller),
    ("POST", "/api/v1/projects", Caller),
    ("GET", "/api/v1/projects/{id}", Owner),
    ("GET", "/api/v1/projects/{id}/install", Owner),
    ("GET", "/api/v1/projects/{id}/license-keys", Owner),
    ("POST", "/api/v1/projects/{id}/license-keys", Owner),
    ("DELETE", "/api/v1/license-keys/{id}", Owner),
    ("GET", "/api/v1/tokens", Caller),
    ("POST", "/api/v1/tokens", Caller),
    ("DELETE", "/api/v1/tokens/{id}", Owner),
    ("GET", "/api/v1/projects/{id}/onboarding", Owner),
    ("POST", "/api/v1/projects/{id}/test-trace", Owner),
    ("GET", "/api/v1/projects/{id}/usage", Owner),
];

const APM: &[Row] = &[
    ("GET", "/api/v1/me", Caller),
    ("GET", "/api/v1/projects/{id}/applications", Owner),
    ("GET", "/api/v1/projects/{id}/heatmap", Owner),
    ("GET", "/api/v1/projects/{id}/transactions", Owner),
    ("GET", "/api/v1/projects/{id}/traces/{trace_id}", Owner),
    ("GET", "/api/v1/projects/{id}/series", Owner),
    ("GET", "/api/v1/projects/{id}/dashboard", Owner),
    ("GET", "/api/v1/projects/{id}/users", Owner),
    ("GET", "/api/v1/projects/{id}/instances", Owner),
    ("GET", "/api/v1/projects/{id}/service-map", Owner),
    ("GET", "/api/v1/projects/{id}/live", Owner),
    ("GET", "/api/v1/projects/{id}/metrics", Owner),
    ("GET", "/api/v1/projects/{id}/metrics/series", Owner),
    ("GET", "/api/v1/projects/{id}/logs", Owner),
    ("POST", "/api/v1/projects/{id}/sql", Owner),
];

/// One address of the hand-over and the answer it gives. It answers anybody, mostly with redirects, so its rows say
/// the status instead of who may call.
struct HandOver {
    method: &'static str,
    path: &'static str,
    query: &'static str,
    /// Served by the console's host; else by acme's.
    is_console: bool,
    nobody: u16,
    globex: u16,
}

const HAND_OVER: &[HandOver] = &[
    HandOver { method: "GET", path: "/auth/start", query: "", is_console: false, nobody: 303, globex: 303 },
    HandOver {
        method: "GET",
        path: "/auth/hand-over",
        query: "?host={acme}&nonce_digest=0000000000000000000000000000000000000000000000000000000000000000",
        is_console: true,
        nobody: 303,
        globex: 403,
    },
    HandOver {
        method: "GET",
        path: "/auth/callback",
        query: "?code=invented",
        is_console: false,
        nobody: 401,
        globex: 401,
    },
    // Last, for it may end the caller's own session.
    HandOver { method: "POST", path: "/auth/logout", query: "", is_console: false, nobody: 204, globex: 204 },
];

/// OTLP's own addresses; the specification of OTLP documents them.
const INGEST: &[&str] = &[
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "/v1/logs",
    "/v1/metrics",
    "/v1/traces",
];

/// Paths of the routers that are no part of the API: the document itself.
const UNDOCUMENTED: &[&str] = &["/api/openapi.json"];

#[tokio::test]
async fn no_route_shows_or_changes_anything_of_another_tenant() {
    let stack = Stack::start(Shape::OneProcess, &[]).unwrap();
    let status = stack.status().unwrap();
    let world = World::found(&status).await;
    let (acme, globex) = (&world.acme, &world.globex);

    let hand_over = HAND_OVER.iter().map(|row| (row.method, row.path));
    let console = CONSOLE.iter().map(|&(method, path, _)| (method, path)).chain(hand_over);
    known_routes(&acme.console, &admin_of(&stack, CONSOLE_ADMIN), console).await;
    let apm = APM.iter().map(|&(method, path, _)| (method, path));
    known_routes(&acme.apm, &admin_of(&stack, QUERY_ADMIN), apm).await;
    let mut routes = routes_of(&admin_of(&stack, INGEST_ADMIN)).await;
    routes.sort();
    assert_eq!(routes, INGEST, "the gateway's router and the list of this test differ");

    let before = world.what_acme_sees().await;
    let mut probes = world.probe_gateway(&status.otlp_http).await;
    for row in CONSOLE {
        probes += world.probe(&acme.console, row, &at_the_console()).await;
    }
    for row in APM {
        probes += world.probe(&acme.apm, row, &at_acmes_host()).await;
        probes += world.probe(&globex.apm, row, &at_globexs_host()).await;
    }
    for row in HAND_OVER {
        probes += world.probe_hand_over(row).await;
    }

    assert_eq!(world.what_acme_sees().await, before, "a probe changed something of acme's");
    assert!(probes > 250, "only {probes} probes were made");
}

/// Ports of the block where the services' admin routers listen; README has the table.
const CONSOLE_ADMIN: u16 = 12;
const INGEST_ADMIN: u16 = 14;
const QUERY_ADMIN: u16 = 16;

fn admin_of(stack: &Stack, port: u16) -> Client {
    let addr = format!("127.0.0.1:{}", stack.port(port));
    Client::new(&format!("http://{addr}"), &addr).unwrap()
}

/// The router, OpenAPI and the matrix name the same routes.
async fn known_routes(
    host: &Client,
    admin: &Client,
    matrix: impl Iterator<Item = (&'static str, &'static str)>,
) {
    let document = host.get("/api/openapi.json").await.unwrap().json().unwrap();
    let documented: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    let expected: BTreeSet<_> = matrix.map(|(method, path)| (method.to_owned(), path.to_owned())).collect();
    assert_eq!(documented, expected, "OpenAPI of {} and the matrix of this test differ", host.host());

    let running: BTreeSet<String> = routes_of(admin).await.into_iter().collect();
    let known: BTreeSet<String> = documented.into_iter().map(|(_, path)| path).collect();
    let unknown: Vec<_> = running
        .iter()
        .filter(|path| !known.contains(*path) && !UNDOCUMENTED.contains(&path.as_str()))
        .collect();
    assert!(
        unknown.is_empty(),
        "the running router of {} serves paths nobody lists: {unknown:?}",
        host.host()
    );
    assert!(
        known.iter().all(|path| running.contains(path)),
        "a documented path of {} is not served",
        host.host()
    );
}

async fn routes_of(admin: &Client) -> Vec<String> {
    serde_json::from_value(admin.get("/routes").await.unwrap().json().unwrap()).unwrap()
}
