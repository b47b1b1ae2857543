//! How each process of a stack is started: program, arguments, environment, and how it shows that it is ready.

mod services;

use std::{net::SocketAddr, path::PathBuf};

use nix::sys::signal::Signal;

use crate::{packages, place, ports::Port, probe::Probe, secrets, stack::Stack, supervise::Stuck};

pub(crate) use services::{addr, admin, services};

/// One process.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    /// Run as this user (only as root).
    pub(crate) user: Option<&'static str>,
    pub(crate) probe: Probe,
    /// Where it is reached, for people.
    pub(crate) addr: Option<String>,
    pub(crate) stop_signal: Signal,
    /// What it gets when the supervisor is killed.
    pub(crate) death_signal: Signal,
    /// Started only when no process has this as its working directory.
    pub(crate) exclusive_dir: Option<PathBuf>,
    /// Started again when it cannot help itself.
    pub(crate) stuck: Option<Stuck>,
}

/// Debian's user for Postgres.
pub(crate) const POSTGRES_USER: &str = "postgres";

pub(crate) fn postgres_user() -> Option<&'static str> {
    place::is_root().then_some(POSTGRES_USER)
}

pub(crate) fn loopback(stack: &Stack, port: Port) -> SocketAddr {
    ([127, 0, 0, 1], stack.ports.get(port)).into()
}

/// In the order they are started; services wait for these.
pub(crate) fn dependencies(stack: &Stack) -> anyhow::Result<Vec<Recipe>> {
    Ok(vec![postgres(stack)?, redis(stack), nats(stack)?])
}

fn postgres(stack: &Stack) -> anyhow::Result<Recipe> {
    let addr = loopback(stack, Port::Postgres);
    let setting = |text: &str| ["-c".to_owned(), text.to_owned()];
    let mut args = vec!["-D".to_owned(), place::postgres_dir(&stack.data).display().to_string()];
    for text in [
        &format!("port={}", addr.port()),
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=80",
        "shared_buffers=64MB",
        "log_min_messages=warning",
    ] {
        args.extend(setting(text));
    }
    Ok(Recipe {
        name: "postgres".to_owned(),
        program: packages::postgres_bin()?.join("postgres"),
        args,
        env: Vec::new(),
        user: postgres_user(),
        probe: Probe::Postgres(addr),
        addr: Some(addr.to_string()),
        // Fast shutdown: open transactions roll back, nothing waits for idle clients.
        stop_signal: Signal::SIGINT,
        // Immediate shutdown: takes its backends with it, which SIGKILL would leave to find out.
        death_signal: Signal::SIGQUIT,
        exclusive_dir: Some(place::postgres_dir(&stack.data)),
        stuck: None,
    })
}

fn redis(stack: &Stack) -> Recipe {
    let addr = loopback(stack, Port::Redis);
    let dir = stack.data.join("redis").display().to_string();
    let port = addr.port().to_string();
    let args = [
        "--port",
        &port,
        "--bind",
        "127.0.0.1",
        "--dir",
        &dir,
        "--appendonly",
        "yes",
        "--maxmemory",
        "128mb",
    ];
    Recipe {
        name: "redis".to_owned(),
        program: "redis-server".into(),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: Vec::new(),
        user: None,
        probe: Probe::Tcp(addr),
        addr: Some(addr.to_string()),
        stop_signal: Signal::SIGTERM,
        death_signal: Signal::SIGKILL,
        exclusive_dir: None,
        stuck: None,
    }
}

fn nats(stack: &Stack) -> anyhow::Result<Recipe> {
    let (addr, monitor) = (loopback(stack, Port::Nats), loopback(stack, Port::NatsMonitor));
    let config = place::repository().join("infra/nats/token.conf").display().to_string();
    let store = stack.data.join("nats").display().to_string();
    let (port, monitor_port) = (addr.port().to_string(), monitor.port().to_string());
    let args = ["-c", &config, "-a", "127.0.0.1", "-p", &port, "-m", &monitor_port, "-sd", &store];
    Ok(Recipe {
        name: "nats".to_owned(),
        program: packages::nats_server()?,
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: vec![(
            "NARU_NATS_TOKEN".to_owned(),
            format!("\"{}\"", secrets::get(&stack.data, "nats-token")?),
        )],
        user: None,
        probe: Probe::Http(monitor, "/healthz"),
        addr: Some(addr.to_string()),
        stop_signal: Signal::SIGTERM,
        death_signal: Signal::SIGKILL,
        exclusive_dir: None,
        stuck: Some(Stuck { monitor, store: stack.data.join("nats") }),
    })
}

/// The edge comes last: it has nothing to route to before.
pub(crate) fn haproxy(stack: &Stack) -> Recipe {
    let (edge, listen) = (stack.ports.get(Port::Edge), stack.listen);
    let address = |port: Port| format!("{listen}:{}", stack.ports.get(port));
    let inner = |port: Port| loopback(stack, port).to_string();
    let env = [
        ("NARU_EDGE_BIND", address(Port::Edge)),
        ("NARU_EDGE_GRPC_BIND", address(Port::OtlpGrpc)),
        ("NARU_EDGE_HTTP_BIND", address(Port::OtlpHttp)),
        ("NARU_EDGE_CONSOLE_HOST", stack.console_host()),
        ("NARU_EDGE_APM_SUFFIX", stack.apm_host("")),
        ("NARU_EDGE_CONSOLE", inner(Port::Console)),
        ("NARU_EDGE_QUERY", inner(Port::Query)),
        ("NARU_EDGE_INGEST_HTTP", inner(Port::IngestHttp)),
        ("NARU_EDGE_INGEST_GRPC", inner(Port::IngestGrpc)),
    ];
    let dialled = SocketAddr::from((stack.dialled(), edge));
    let config = place::repository().join("infra/haproxy/haproxy.cfg").display().to_string();
    Recipe {
        name: "haproxy".to_owned(),
        program: packages::haproxy(),
        args: vec!["-db".to_owned(), "-f".to_owned(), config],
        env: env.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        user: None,
        probe: Probe::Tcp(dialled),
        addr: Some(dialled.to_string()),
        // Soft stop waits for streams; browsers reconnect by themselves.
        stop_signal: Signal::SIGTERM,
        death_signal: Signal::SIGKILL,
        exclusive_dir: None,
        stuck: None,
    }
}

/// The demo shop: three processes of `infra/demo/run`.
pub(crate) fn demo(stack: &Stack) -> anyhow::Result<Vec<Recipe>> {
    let env = crate::demo::environment(stack)?;
    let run = place::repository().join("infra/demo/run");
    let part = |name: &str, probe: Probe| Recipe {
        name: format!("demo-{name}"),
        program: run.clone(),
        args: vec![name.to_owned()],
        env: env.clone(),
        user: None,
        probe,
        addr: None,
        stop_signal: Signal::SIGTERM,
        death_signal: Signal::SIGKILL,
        exclusive_dir: None,
        stuck: None,
    };
    Ok(vec![
        part("storefront", Probe::Tcp(loopback(stack, Port::DemoStorefront))),
        part("stock", Probe::Tcp(loopback(stack, Port::DemoStock))),
        part("load", Probe::Alive),
    ])
}
