//! A Redis server without persistence.

use std::ops::Deref;

use nix::sys::signal::Signal;

use crate::{
    Port, Scratch,
    child::{Child, Recipe},
};

#[derive(Debug)]
pub struct RedisServer {
    child: Child,
    port: Port,
    _scratch: Scratch,
}

/// A server of its own, empty.
///
/// # Panics
/// When it does not start: the message holds its log.
pub async fn redis() -> RedisServer {
    tokio::task::spawn_blocking(start).await.expect("Redis starts")
}

fn start() -> RedisServer {
    let scratch = Scratch::new("redis");
    let port = Port::lease();
    let args = ["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    let child = Child::start(Recipe {
        name: "redis-server",
        program: "redis-server".into(),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        user: None,
        addr: port.addr(),
        log: scratch.path().join("log"),
        stop_signal: Signal::SIGTERM,
    });
    RedisServer { child, port, _scratch: scratch }
}

impl RedisServer {
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.port.addr())
    }
}

impl Deref for RedisServer {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.child
    }
}
