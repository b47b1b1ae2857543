//! `./dev status`.

mod changes;

use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::{Value, json};

use crate::{
    cli::Select,
    demo, http, packages,
    ports::Port,
    probe::Probe,
    recipes,
    stack::{Child, REGION, SERVICES, Stack, State, Status},
};

pub(crate) use changes::changes;

const DEPENDENCIES: [&str; 4] = ["nats", "postgres", "redis", "haproxy"];

pub(crate) fn status(select: &Select, as_json: bool) -> anyhow::Result<()> {
    let stack = Stack::find(select)?;
    let status = stack.status();
    if as_json {
        say!("{}", serde_json::to_string_pretty(&report(&stack, &status))?);
        return Ok(());
    }
    say!("{}  {}", word(status.state), stack.console_url());
    for (name, child) in &status.children {
        let pid = child.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string());
        let addr = child.addr.clone().unwrap_or_default();
        let restarts =
            if child.restarts > 0 { format!("{} restarts", child.restarts) } else { String::new() };
        say!("  {name:<16} {:<9} {pid:>8}  {addr:<22} {restarts}", state_of(Some(child)));
    }
    Ok(())
}

fn report(stack: &Stack, status: &Status) -> Value {
    let addr = |port: Port| SocketAddr::from((stack.dialled(), stack.ports.get(port))).to_string();
    let otlp = |port: Port| format!("http://{}:{}", stack.agent_host(), stack.ports.get(port));
    let guest = demo::guest(&stack.data).ok().flatten();
    json!({
        "state": word(status.state),
        "version": env!("CARGO_PKG_VERSION"),
        "region": REGION,
        "console_url": stack.console_url(),
        "apm_url_template": stack.apm_url("{tenant}"),
        "edge_addr": addr(Port::Edge),
        "otlp_grpc": otlp(Port::OtlpGrpc),
        "otlp_http": otlp(Port::OtlpHttp),
        "mail_dir": stack.data.join("mail"),
        "services": services(stack, status),
        "dependencies": dependencies(stack, status),
        "data": stack.data,
        "shape": if stack.split { "split" } else { "one process" },
        "profile": if stack.release { "release" } else { "dev" },
        "demo": guest.map(|guest| json!({"url": stack.apm_url(demo::TENANT), "email": guest.email})),
    })
}

/// In one process every service has the same pid, and still its own readiness.
fn services(stack: &Stack, status: &Status) -> BTreeMap<&'static str, Value> {
    let entry = |name: &'static str| {
        let child = status.children.get(if stack.split { name } else { "devstack" });
        let is_ready = || recipes::admin(stack, name).is_some_and(|admin| Probe::ready(admin).holds());
        let state = match state_of(child) {
            "down" => "down",
            _ if is_ready() => "ready",
            "ready" => "starting",
            other => other,
        };
        let addr = recipes::addr(stack, name);
        (name, json!({"pid": child.and_then(|child| child.pid), "addr": addr, "state": state}))
    };
    SERVICES.into_iter().map(entry).collect()
}

fn dependencies(stack: &Stack, status: &Status) -> BTreeMap<&'static str, Value> {
    let entry = |name: &'static str| {
        let child = status.children.get(name);
        let mut entry = json!({
            "pid": child.and_then(|child| child.pid),
            "addr": child.and_then(|child| child.addr.clone()),
            "state": state_of(child),
            "version": version(name),
        });
        if name == "nats" {
            entry["sync"] = child.and_then(|_| nats_sync(stack)).into();
        }
        (name, entry)
    };
    DEPENDENCIES.into_iter().map(entry).collect()
}

/// When NATS fsyncs, as its monitor says; nothing when it does not answer.
fn nats_sync(stack: &Stack) -> Option<&'static str> {
    let varz = http::get_json(recipes::loopback(stack, Port::NatsMonitor), "/varz")?;
    let always = varz.pointer("/jetstream/config/sync_always")?.as_bool()?;
    Some(if always { "always" } else { "interval" })
}

fn version(name: &str) -> Option<String> {
    let found = match name {
        "nats" => packages::version_of(&packages::nats_server().ok()?, "--version"),
        "postgres" => packages::version_of(&packages::postgres_bin().ok()?.join("postgres"), "--version"),
        "redis" => packages::version_of("redis-server".as_ref(), "--version"),
        _ => packages::version_of(&packages::haproxy(), "-v"),
    };
    found.ok().map(|version| version.to_string())
}

fn state_of(child: Option<&Child>) -> &'static str {
    match child {
        Some(child) if child.is_ready => "ready",
        Some(Child { pid: Some(_), .. }) => "starting",
        Some(_) => "restarting",
        None => "down",
    }
}

const fn word(state: State) -> &'static str {
    match state {
        State::Down => "down",
        State::Starting => "starting",
        State::Ready => "ready",
        State::Degraded => "degraded",
        State::Stopping => "stopping",
    }
}
