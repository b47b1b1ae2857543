//! HAProxy with the repository's own configuration.

use std::ops::Deref;

use nix::sys::signal::Signal;

use crate::{
    Port, Scratch,
    child::{Child, Recipe},
};

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/haproxy/haproxy.cfg");
/// Where nobody is: the edge answers by itself.
const NOBODY: &str = "127.0.0.1:1";

/// Services behind the edge, each `host:port`; what is not named is away.
#[derive(Debug, Clone, Default)]
pub struct Behind {
    pub query: Option<String>,
    pub ingest_http: Option<String>,
    pub ingest_grpc: Option<String>,
}

/// Hosts are `console.localhost` and `<tenant>.apm.local.localhost`.
#[derive(Debug)]
pub struct Edge {
    child: Child,
    browsers: Port,
    otlp_grpc: Port,
    otlp_http: Port,
    _scratch: Scratch,
}

/// An edge of its own.
///
/// # Panics
/// When it does not start: the message holds its log.
pub async fn edge(behind: Behind) -> Edge {
    tokio::task::spawn_blocking(|| start(behind)).await.expect("HAProxy starts")
}

fn start(behind: Behind) -> Edge {
    let scratch = Scratch::new("haproxy");
    let [browsers, otlp_grpc, otlp_http] = std::array::from_fn(|_| Port::lease());
    let inner = |service: Option<String>| service.unwrap_or_else(|| NOBODY.to_owned());
    let settings = [
        ("BIND", browsers.addr().to_string()),
        ("GRPC_BIND", otlp_grpc.addr().to_string()),
        ("HTTP_BIND", otlp_http.addr().to_string()),
        ("CONSOLE_HOST", "console.localhost".to_owned()),
        ("APM_SUFFIX", ".apm.local.localhost".to_owned()),
        ("CONSOLE", NOBODY.to_owned()),
        ("QUERY", inner(behind.query)),
        ("INGEST_HTTP", inner(behind.ingest_http)),
        ("INGEST_GRPC", inner(behind.ingest_grpc)),
    ];
    let settings = settings.map(|(name, value)| format!("NARU_EDGE_{name}={value}"));
    let command = ["/usr/sbin/haproxy", "-db", "-f", CONFIG].map(str::to_owned);
    let child = Child::start(Recipe {
        name: "haproxy",
        program: "env".into(),
        args: settings.into_iter().chain(command).collect(),
        user: None,
        addr: browsers.addr(),
        log: scratch.path().join("log"),
        stop_signal: Signal::SIGTERM,
    });
    Edge { child, browsers, otlp_grpc, otlp_http, _scratch: scratch }
}

impl Edge {
    /// Where browsers go, whatever the host.
    #[must_use]
    pub fn browsers_url(&self) -> String {
        format!("http://{}", self.browsers.addr())
    }

    #[must_use]
    pub fn otlp_grpc_url(&self) -> String {
        format!("http://{}", self.otlp_grpc.addr())
    }

    #[must_use]
    pub fn otlp_http_url(&self) -> String {
        format!("http://{}", self.otlp_http.addr())
    }
}

impl Deref for Edge {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.child
    }
}
