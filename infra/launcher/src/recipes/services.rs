//! The six services: one process each, or all in one.

use std::net::SocketAddr;

use nix::sys::signal::Signal;

use super::{Recipe, loopback};
use crate::{
    place,
    ports::Port,
    probe::Probe,
    secrets,
    stack::{REGION, SERVICES, Stack},
};

/// A service's settings, by key.
type Settings = Vec<(&'static str, String)>;

pub(crate) fn services(stack: &Stack) -> Vec<Recipe> {
    let binaries = place::binaries(stack.release);
    if stack.split {
        let one = |(index, name): (usize, &&str)| {
            recipe(
                stack,
                name,
                &binaries.join(format!("naru-{name}")),
                &[*name],
                environment(stack, name, index),
            )
        };
        return SERVICES.iter().enumerate().map(one).collect();
    }
    let env = SERVICES.iter().enumerate().flat_map(|(index, name)| environment(stack, name, index)).collect();
    vec![recipe(stack, "devstack", &binaries.join("naru-devstack"), &SERVICES, env)]
}

/// One process that is ready when all of its services are.
fn recipe(
    stack: &Stack,
    name: &str,
    program: &std::path::Path,
    services: &[&str],
    env: Vec<(String, String)>,
) -> Recipe {
    Recipe {
        name: name.to_owned(),
        program: program.to_owned(),
        args: Vec::new(),
        env,
        user: None,
        probe: Probe::All(
            services.iter().filter_map(|service| admin(stack, service)).map(Probe::ready).collect(),
        ),
        addr: addr(stack, name),
        stop_signal: Signal::SIGTERM,
        death_signal: Signal::SIGKILL,
        exclusive_dir: None,
        stuck: None,
    }
}

/// Where a service does its work, for people.
pub(crate) fn addr(stack: &Stack, service: &str) -> Option<String> {
    let port = match service {
        "console" => Port::Console,
        "ingest" => Port::IngestHttp,
        "writer" => Port::WriterFlight,
        "query" => Port::Query,
        _ => return admin(stack, service).map(|admin| admin.to_string()),
    };
    Some(loopback(stack, port).to_string())
}

/// Where a service answers `/readyz`.
pub(crate) fn admin(stack: &Stack, service: &str) -> Option<SocketAddr> {
    let index = SERVICES.iter().position(|name| *name == service)?;
    Some(([127, 0, 0, 1], stack.ports.admin(small(index))).into())
}

/// `NARU_<SERVICE>_<KEY>`, unless whoever started the launcher has said it otherwise.
fn environment(stack: &Stack, service: &str, index: usize) -> Vec<(String, String)> {
    let mut settings = own(stack, service);
    settings.push(("admin_listen", format!("127.0.0.1:{}", stack.ports.admin(small(index)))));
    settings.push(("nats_url", format!("nats://{}", loopback(stack, Port::Nats))));
    settings.push(("nats_monitor_url", format!("http://{}", loopback(stack, Port::NatsMonitor))));
    settings.push(("nats_token_file", secrets::path(&stack.data, "nats-token").display().to_string()));
    if service != "ingest" {
        let postgres = loopback(stack, Port::Postgres);
        settings.push(("postgres_url", format!("postgres://naru_{service}@{postgres}/naru")));
        let password = secrets::path(&stack.data, &format!("naru_{service}"));
        settings.push(("postgres_password_file", password.display().to_string()));
    }
    let named =
        settings.into_iter().map(|(key, value)| (format!("NARU_{service}_{key}").to_uppercase(), value));
    named.filter(|(name, _)| std::env::var_os(name).is_none()).collect()
}

fn own(stack: &Stack, service: &str) -> Settings {
    let inner = |port: Port| loopback(stack, port).to_string();
    let web = |app: &str| place::repository().join("web").join(app).join("dist").display().to_string();
    let lake = format!("file://{}", stack.data.join("lake").display());
    let lake_key = secrets::path(&stack.data, "lake-key").display().to_string();
    let pepper = secrets::path(&stack.data, "pepper").display().to_string();
    let edge = |port: Port| format!("http://{}:{}", stack.agent_host(), stack.ports.get(port));
    let public = || {
        vec![
            ("base", stack.base.clone()),
            ("edge_port", stack.ports.get(Port::Edge).to_string()),
            ("scheme", "http".to_owned()),
            ("region", REGION.to_owned()),
        ]
    };
    match service {
        "console" => [
            public(),
            vec![
                ("listen", inner(Port::Console)),
                ("otlp_grpc_url", edge(Port::OtlpGrpc)),
                ("otlp_http_url", edge(Port::OtlpHttp)),
                ("mail_dir", stack.data.join("mail").display().to_string()),
                ("web_dir", web("console")),
                ("pepper_file", pepper),
                ("redis_url", format!("redis://{}", loopback(stack, Port::Redis))),
            ],
        ]
        .concat(),
        "license" => vec![("pepper_file", pepper)],
        "ingest" => vec![
            ("http_listen", inner(Port::IngestHttp)),
            ("grpc_listen", inner(Port::IngestGrpc)),
            ("region", REGION.to_owned()),
            ("redis_url", format!("redis://{}", loopback(stack, Port::Redis))),
        ],
        "writer" => vec![
            ("flight_listen", inner(Port::WriterFlight)),
            ("lake_url", lake),
            ("lake_staging_dir", stack.data.join("staging").display().to_string()),
            ("lake_key_file", lake_key),
        ],
        "query" => {
            let own = vec![
                ("listen", inner(Port::Query)),
                ("lake_url", lake),
                ("cache_dir", stack.data.join("query-cache").display().to_string()),
                ("lake_key_file", lake_key),
                ("web_dir", web("apm")),
            ];
            [public(), own].concat()
        }
        _ => Vec::new(),
    }
}

fn small(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(0)
}
