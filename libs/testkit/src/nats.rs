//! A NATS server with the product's own configuration.

use std::ops::Deref;

use nix::sys::signal::Signal;

use crate::{
    Port, Scratch,
    child::{Child, Recipe},
    tool,
};

/// Where the launcher puts the pinned server.
const VERSION: &str = "2.15.1";

#[derive(Debug)]
pub struct Nats {
    child: Child,
    port: Port,
    monitor_port: Port,
    _scratch: Scratch,
}

/// A server of its own with JetStream, empty.
///
/// # Panics
/// When it does not start: the message holds its log.
pub async fn nats() -> Nats {
    tokio::task::spawn_blocking(start).await.expect("NATS starts")
}

fn start() -> Nats {
    let scratch = Scratch::new("nats");
    let (port, monitor_port) = (Port::lease(), Port::lease());
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/nats/server.conf");
    let args = [
        "-c",
        config,
        "-a",
        "127.0.0.1",
        "-p",
        &port.to_string(),
        "-m",
        &monitor_port.to_string(),
        "-js",
        "-sd",
    ];
    let mut args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
    args.push(scratch.path().join("store").display().to_string());
    let child = Child::start(Recipe {
        name: "nats-server",
        program: tool::program("NARU_NATS_SERVER", "nats-server", VERSION),
        args,
        user: None,
        addr: port.addr(),
        log: scratch.path().join("log"),
        stop_signal: Signal::SIGTERM,
    });
    Nats { child, port, monitor_port, _scratch: scratch }
}

impl Nats {
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://{}", self.port.addr())
    }

    #[must_use]
    pub fn monitor_url(&self) -> String {
        format!("http://{}", self.monitor_port.addr())
    }
}

impl Deref for Nats {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.child
    }
}
