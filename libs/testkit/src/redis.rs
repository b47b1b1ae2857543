//! A Redis server without persistence.

use std::ops::Deref;

use nix::sys::signal::Signal;

use crate::{
    Scratch,
    child::{Child, Recipe, free_port},
};

#[derive(Debug)]
pub struct RedisServer {
    child: Child,
    port: u16,
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
    let port = free_port();
    let args = ["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    let child = Child::start(Recipe {
        name: "redis-server",
        program: "redis-server".into(),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        user: None,
        addr: ([127, 0, 0, 1], port).into(),
        log: scratch.path().join("log"),
        stop_signal: Signal::SIGTERM,
    });
    RedisServer { child, port, _scratch: scratch }
}

impl RedisServer {
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Deref for RedisServer {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.child
    }
}
