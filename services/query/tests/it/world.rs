//! A running query service with everything it reads.

mod console;
mod rows;
mod writer;

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use naru_nats::Bus;
use naru_query::{Config, Query};
use naru_runtime::{CancellationToken, Health, Service};
use naru_testkit::{Behind, Edge, Gate, Nats, Postgres, S3, nats, postgres};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

pub(crate) use console::{Console, Tenant};
pub(crate) use rows::{Log, Metric, Span, attributes, batch, event, exemplar_cell, span_id, trace_id};
pub(crate) use writer::Writer;

/// One partition, so that every tenant meets the one writer.
pub(crate) const PARTITIONS: u16 = 1;

pub(crate) struct World {
    pub(crate) console: Arc<Console>,
    pub(crate) writer: Writer,
    pub(crate) bus: Bus,
    url: String,
    http: Client,
    stop: CancellationToken,
    config: Config,
    lake: tempfile::TempDir,
    /// The door to the bucket, when the lake is in one.
    s3: Option<(S3, Gate)>,
    pub(crate) postgres: Postgres,
    _nats: Nats,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(None, Config::default().memory_limit_bytes).await
    }

    /// With its lake in a bucket, which query reaches through a gate, and a cache of so many bytes.
    pub(crate) async fn on_s3(cache_bytes_max: u64) -> Self {
        Self::start_with(Some(cache_bytes_max), Config::default().memory_limit_bytes).await
    }

    /// All scans together may hold so many bytes.
    pub(crate) async fn with_memory(memory_limit_bytes: usize) -> Self {
        Self::start_with(None, memory_limit_bytes).await
    }

    async fn start_with(cache_bytes_max: Option<u64>, memory_limit_bytes: usize) -> Self {
        if std::env::var_os("NARU_LOG").is_some() {
            naru_telemetry::init("query");
        }
        let (postgres, nats) = tokio::join!(postgres(), nats());
        naru_postgres::migrate(&postgres.owner_url(), naru_lake::SCHEMA, &naru_lake::MIGRATOR).await.unwrap();
        let lake = tempfile::tempdir().unwrap();
        let options = naru_nats::Options {
            url: nats.url(),
            name: "test".to_owned(),
            token_file: None,
            monitor_url: None,
        };
        let bus = Bus::connect(&options).await.unwrap();
        let console = Console::serve(&bus).await;
        let lake_key_file = lake.path().join("key");
        std::fs::write(&lake_key_file, "0123456789abcdef0123456789abcdef0123456789abcdef").unwrap();
        let mut config = Config {
            lake_url: lake.path().join("objects").display().to_string(),
            lake_key_file,
            partitions: PARTITIONS,
            memory_limit_bytes,
            postgres_url: postgres.url_for("naru_query"),
            nats_url: nats.url(),
            ..Config::default()
        };
        let mut s3 = None;
        if let Some(cache_bytes_max) = cache_bytes_max {
            let server = naru_testkit::s3().await;
            config = Config {
                lake_url: format!("s3://{}/lake", server.bucket()),
                lake_s3_endpoint: Some(server.endpoint()),
                lake_s3_credentials_file: Some(server.credentials_file()),
                cache_dir: lake.path().join("cache"),
                cache_bytes_max,
                ..config
            };
            let gate = Gate::to(server.addr()).await;
            s3 = Some((server, gate));
        }
        let writer =
            Writer::start(&postgres.url_for("naru_writer"), &config.lake(), &config.lake_key_file).await;
        if let Some((_, gate)) = &s3 {
            config.lake_s3_endpoint = Some(format!("http://{}", gate.addr()));
        }
        let (url, stop) = run(config.clone()).await;
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        Self { console, writer, bus, url, http, stop, config, lake, s3, postgres, _nats: nats }
    }

    /// Another process of query in the place of the first: nothing is left in memory.
    pub(crate) async fn restart(&mut self) {
        self.stop.cancel();
        (self.url, self.stop) = run(self.config.clone()).await;
    }

    pub(crate) fn gate(&self) -> &Gate {
        let (_, gate) = self.s3.as_ref().unwrap();
        gate
    }

    pub(crate) fn cache_dir(&self) -> PathBuf {
        self.lake.path().join("cache")
    }

    /// Files of a lake on a disk.
    pub(crate) fn objects(&self) -> BTreeSet<PathBuf> {
        let (mut files, mut dirs) = (BTreeSet::new(), vec![self.lake.path().join("objects")]);
        while let Some(dir) = dirs.pop() {
            // It is made with the first object.
            for entry in std::fs::read_dir(dir).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    dirs.push(path);
                } else {
                    files.insert(path);
                }
            }
        }
        files
    }

    /// `GET` on a tenant's host, with a bearer token when there is one.
    pub(crate) async fn send(&self, slug: &str, token: Option<&str>, path: &str) -> Response {
        self.send_by("GET", slug, token, path).await
    }

    /// The same by another method.
    pub(crate) async fn send_by(
        &self,
        method: &str,
        slug: &str,
        token: Option<&str>,
        path: &str,
    ) -> Response {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.url));
        let request = request.header("host", format!("{slug}.apm.local.localhost:8080"));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// `GET` with headers of one's own.
    pub(crate) async fn send_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.http.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// The tenant's own question about its project: 200 and JSON.
    pub(crate) async fn get(&self, tenant: &Tenant, path: &str) -> Value {
        let path = format!("/api/v1/projects/{}/{path}", tenant.project);
        let response = self.send(&tenant.slug, Some(&tenant.token), &path).await;
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The tenant's SQL over its project.
    pub(crate) async fn sql(&self, tenant: &Tenant, question: &Value) -> Response {
        self.sql_at(&self.url, tenant, question).send().await.unwrap()
    }

    /// The same at another address of this query.
    pub(crate) fn sql_at(&self, url: &str, tenant: &Tenant, question: &Value) -> RequestBuilder {
        let request = self.http.post(format!("{url}/api/v1/projects/{}/sql", tenant.project));
        let request = request.header("host", format!("{}.apm.local.localhost:8080", tenant.slug));
        request.bearer_auth(&tenant.token).json(question)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The proxy in front of it.
    pub(crate) async fn edge(&self) -> Edge {
        let query = Some(self.url.trim_start_matches("http://").to_owned());
        naru_testkit::edge(Behind { query, ..Behind::default() }).await
    }

    /// As after restoring half of a backup: the catalog lists segments, and their tenants' keys are gone.
    pub(crate) async fn forget_keys(&self) {
        let options = naru_postgres::Options {
            url: self.postgres.superuser_url(),
            password_file: None,
            max_connections: 1,
            application_name: "test".to_owned(),
        };
        let pool = naru_postgres::Pool::connect(&options).await.unwrap();
        sqlx::query("delete from lake.tenant_key").execute(pool.executor()).await.unwrap();
    }

    /// A refusal: status and code.
    pub(crate) async fn refusal(&self, tenant: &Tenant, path: &str) -> (u16, String) {
        let path = format!("/api/v1/projects/{}/{path}", tenant.project);
        let response = self.send(&tenant.slug, Some(&tenant.token), &path).await;
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        (status, body["code"].as_str().unwrap().to_owned())
    }
}

async fn run(config: Config) -> (String, CancellationToken) {
    let query = Query::build(config, Health::default()).await.unwrap();
    let url = format!("http://{}", query.addrs()[0].1);
    let stop = CancellationToken::new();
    tokio::spawn(query.run(stop.clone()));
    (url, stop)
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
