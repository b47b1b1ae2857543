//! Two tenants, and what each kind of caller gets when it asks for what is the other's.

use naru_e2e::{Client, Status, Tenant, sign_up};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    HandOver, INGEST,
    Needs::{Caller, Nothing, Owner},
    Row,
    identities::Identity,
};

/// Two tenants, and ids of things that are acme's.
pub(crate) struct World {
    pub(super) acme: Tenant,
    pub(super) globex: Tenant,
    key: String,
    token: String,
}

impl World {
    pub(crate) async fn found(status: &Status) -> Self {
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

    pub(crate) const fn console(&self) -> &Client {
        &self.acme.console
    }

    pub(crate) const fn globexs_host(&self) -> &Client {
        &self.globex.apm
    }

    pub(super) async fn what_acme_sees(&self) -> Vec<Value> {
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
    pub(super) async fn probe_gateway(&self, otlp_http: &str) -> usize {
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

    pub(super) async fn probe_hand_over(&self, row: &HandOver) -> usize {
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

    pub(crate) async fn probe(
        &self,
        host: &Client,
        &(method, path, needs): &Row,
        identities: &[Identity],
    ) -> usize {
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
