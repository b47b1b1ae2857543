//! Tenants never see each other: every route of the running routers, by every kind of caller, on both hosts.
//!
//! The services list the paths of the routers they really serve (`/routes` on the admin port). A path that neither
//! OpenAPI nor [`UNDOCUMENTED`] knows, or an operation without a row in [`MATRIX`], fails.

use std::collections::BTreeSet;

use naru_e2e::{Client, Shape, Stack, Status, Tenant, sign_up};
use reqwest::Method;
use serde_json::{Value, json};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Anybody: sign-up, log-in, documents.
    Nothing,
    /// A caller of the host's tenant.
    Caller,
    /// A caller, and a project, key or token of the caller's own tenant in the path.
    Owner,
}

use Needs::{Caller, Nothing, Owner};

type Row = (&'static str, &'static str, Needs);

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

/// Two tenants, and ids of things that are acme's.
struct World {
    acme: Tenant,
    globex: Tenant,
    key: String,
    token: String,
}

impl World {
    async fn found(status: &Status) -> Self {
        let acme = sign_up(status, "acme-iso").await.unwrap();
        let globex = sign_up(status, "globex-iso").await.unwrap();
        let owner = acme.console.with_cookie(&acme.console_cookie);
        let keys = owner
            .get(&format!("/api/v1/projects/{}/license-keys", acme.project))
            .await
            .unwrap()
            .json()
            .unwrap();
        let tokens = owner.get("/api/v1/tokens").await.unwrap().json().unwrap();
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let (key, token) = (id(&keys["license_keys"][0]), id(&tokens["tokens"][0]));
        Self { acme, globex, key, token }
    }

    /// A path of the matrix with acme's ids in it.
    fn fill(&self, path: &str) -> String {
        let id = match path {
            path if path.contains("/license-keys/") => &self.key,
            path if path.contains("/tokens/") => &self.token,
            _ => &self.acme.project,
        };
        path.replace("{id}", id).replace("{trace_id}", "0af7651916cd43dd8448eb211c80319c")
    }

    async fn what_acme_sees(&self) -> Vec<Value> {
        let owner = self.acme.console.with_cookie(&self.acme.console_cookie);
        let keys = format!("/api/v1/projects/{}/license-keys", self.acme.project);
        let mut seen = Vec::new();
        for path in ["/api/v1/sessions/current", "/api/v1/projects", &keys, "/api/v1/tokens"] {
            seen.push(owner.get(path).await.unwrap().json().unwrap());
        }
        let at_apm = self.acme.apm.with_cookie(&self.acme.apm_cookie);
        seen.push(at_apm.get("/api/v1/me").await.unwrap().json().unwrap());
        seen
    }

    /// Whoever has no license key sends nothing: not with a session or an API token either.
    async fn probe_gateway(&self, otlp_http: &str) -> usize {
        let gateway = Client::new(otlp_http, otlp_http.split_once("//").unwrap().1).unwrap();
        let callers = [
            gateway.clone(),
            gateway.with_token("nlk_local_invented"),
            gateway.with_token(&self.acme.token),
            gateway.with_cookie(&self.acme.apm_cookie),
        ];
        let mut probes = 0;
        for path in INGEST.iter().filter(|path| path.starts_with("/v1/")) {
            for caller in &callers {
                let answer = caller.post(path, &json!({})).await.unwrap();
                assert_eq!(answer.status, 401, "POST {path} by {caller:?}: {}", answer.text);
                probes += 1;
            }
        }
        probes
    }

    async fn probe_hand_over(&self, row: &HandOver) -> usize {
        let (host, cookie) = if row.is_console {
            (&self.acme.console, &self.globex.console_cookie)
        } else {
            (&self.acme.apm, &self.globex.apm_cookie)
        };
        let (acme, _port) = self.acme.apm.host().split_once(':').unwrap();
        let target = format!("{}{}", row.path, row.query.replace("{acme}", acme));
        let callers = [(host.clone(), row.nobody), (host.with_cookie(cookie), row.globex)];
        let probes = callers.len();
        for (client, expected) in callers {
            let answer = client.call(row.method.parse().unwrap(), &target, None).await.unwrap();
            assert_eq!(
                answer.status,
                expected,
                "{} {target} at {}: {}",
                row.method,
                host.host(),
                answer.text
            );
            for cookie in &answer.cookies {
                let with_it = self.acme.apm.with_cookie(cookie).get("/api/v1/me").await.unwrap();
                assert_eq!(with_it.status, 401, "{} {target} opened acme's host by {cookie}", row.method);
            }
        }
        probes
    }

    async fn probe(&self, host: &Client, &(method, path, needs): &Row, identities: &[Identity]) -> usize {
        let target = self.fill(path);
        let body = (method != "GET")
            .then(|| json!({"name": "probe", "platform": "python", "region": "local", "group": ""}));
        let mut probes = 0;
        for identity in identities {
            // A caller who is served here would change its own things: that is no probe.
            if needs == Caller && method != "GET" && identity.any.is_none() {
                continue;
            }
            let client = (identity.client)(host, self);
            let answer =
                client.call(method.parse::<Method>().unwrap(), &target, body.as_ref()).await.unwrap();
            probes += 1;
            let what = format!(
                "{method} {target} at {} by {}: {} {}",
                host.host(),
                identity.name,
                answer.status,
                answer.text
            );
            let is_leak = answer.text.contains("acme-iso secret") || answer.text.contains(&self.acme.id);
            assert!(!is_leak, "leaked: {what}");
            match needs {
                Nothing => assert!(answer.status < 500, "{what}"),
                Caller => match identity.any {
                    Some(expected) => assert_eq!(answer.status, expected, "{what}"),
                    None => assert!(answer.status < 400, "{what}"),
                },
                Owner => assert_eq!(answer.status, identity.owner, "{what}"),
            }
        }
        probes
    }
}

/// A caller, and what it must get.
struct Identity {
    name: &'static str,
    client: fn(&Client, &World) -> Client,
    /// Where the thing in the path must be the caller's own.
    owner: u16,
    /// Where any caller of the host will do; `None` = it is one, and is served its own.
    any: Option<u16>,
}

const fn refused(name: &'static str, client: fn(&Client, &World) -> Client) -> Identity {
    Identity { name, client, owner: 401, any: Some(401) }
}

/// Served, but acme's ids do not exist for it.
const fn served(name: &'static str, client: fn(&Client, &World) -> Client) -> Identity {
    Identity { name, client, owner: 404, any: None }
}

fn strangers() -> Vec<Identity> {
    vec![
        refused("nobody", |host, _| host.clone()),
        refused("an invented cookie", |host, world| {
            let name = world.acme.apm_cookie.split('=').next().unwrap_or_default();
            host.with_cookie(&format!("{name}=invented"))
        }),
        refused("an invented token", |host, _| {
            host.with_token("nat_0000000000000000000000000000000000000000")
        }),
    ]
}

/// The console serves everybody, each their own.
fn at_the_console() -> Vec<Identity> {
    let mut identities = strangers();
    identities.extend([
        served("globex's session", |host, world| host.with_cookie(&world.globex.console_cookie)),
        served("globex's token", |host, world| host.with_token(&world.globex.token)),
        refused("globex's APM session", |host, world| host.with_cookie(&world.globex.apm_cookie)),
        refused("acme's APM session", |host, world| host.with_cookie(&world.acme.apm_cookie)),
    ]);
    identities
}

/// Nobody but acme is served on acme's host.
fn at_acmes_host() -> Vec<Identity> {
    let mut identities = strangers();
    identities.extend([
        refused("globex's session", |host, world| host.with_cookie(&world.globex.apm_cookie)),
        refused("globex's token", |host, world| host.with_token(&world.globex.token)),
        refused("globex's console session", |host, world| host.with_cookie(&world.globex.console_cookie)),
        refused("acme's console session", |host, world| host.with_cookie(&world.acme.console_cookie)),
    ]);
    identities
}

/// On globex's host acme is a stranger, and acme's ids do not exist.
fn at_globexs_host() -> Vec<Identity> {
    let mut identities = strangers();
    identities.extend([
        refused("acme's session", |host, world| host.with_cookie(&world.acme.apm_cookie)),
        refused("acme's token", |host, world| host.with_token(&world.acme.token)),
        served("globex's session", |host, world| host.with_cookie(&world.globex.apm_cookie)),
        served("globex's token", |host, world| host.with_token(&world.globex.token)),
    ]);
    identities
}
