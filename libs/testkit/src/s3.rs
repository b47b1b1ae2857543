//! An S3 server over a directory: signatures, conditional puts and uploads in parts as Amazon's.

use std::{ops::Deref, path::PathBuf};

use nix::sys::signal::Signal;

use crate::{
    Port, Scratch,
    child::{Child, Recipe},
    tool,
};

/// Where the launcher puts the pinned server.
const VERSION: &str = "1.8.0";
const BUCKET: &str = "naru";
const KEY_ID: &str = "naru";
const SECRET: &str = "naru-tests-on-loopback";

#[derive(Debug)]
pub struct S3 {
    child: Child,
    port: Port,
    scratch: Scratch,
}

/// A server of its own with one empty bucket.
///
/// # Panics
/// When it does not start: the message holds its log.
pub async fn s3() -> S3 {
    tokio::task::spawn_blocking(start).await.expect("the S3 server starts")
}

fn start() -> S3 {
    let scratch = Scratch::new("s3");
    let path = |name: &str| scratch.path().join(name);
    for folder in ["data/naru", "attributes"] {
        std::fs::create_dir_all(path(folder)).expect("the scratch directory is writable");
    }
    let credentials = format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    std::fs::write(path("credentials"), credentials).expect("the scratch directory is writable");
    let port = Port::lease();
    let at = |name: &str| path(name).display().to_string();
    let args = [
        "--quiet",
        "--access",
        KEY_ID,
        "--secret",
        SECRET,
        "--port",
        &port.addr().to_string(),
        "--access-log",
        &at("requests"),
        "posix",
        "--sidecar",
        &at("attributes"),
        &at("data"),
    ];
    let child = Child::start(Recipe {
        name: "versitygw",
        program: tool::program("NARU_S3_SERVER", "versitygw", VERSION),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        user: None,
        addr: port.addr(),
        log: path("log"),
        stop_signal: Signal::SIGTERM,
    });
    S3 { child, port, scratch }
}

impl S3 {
    #[must_use]
    pub fn addr(&self) -> std::net::SocketAddr {
        self.port.addr()
    }

    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.addr())
    }

    #[must_use]
    pub fn bucket(&self) -> &'static str {
        BUCKET
    }

    /// As the AWS tools write it.
    #[must_use]
    pub fn credentials_file(&self) -> PathBuf {
        self.scratch.path().join("credentials")
    }

    /// Operations so far, in order, each with the key it was for: `GetObject cuts/…`.
    ///
    /// # Panics
    /// When the server's log cannot be read.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.scratch.path().join("requests"));
        let log = log.expect("the server logs its requests");
        let operation = |line: &str| {
            let mut words = line.split_once(" s3_")?.1.split(' ');
            Some(format!("{} {}", words.next()?, words.next()?))
        };
        log.lines().filter_map(operation).collect()
    }

    /// Where an object lies, for a test that damages it.
    #[must_use]
    pub fn file(&self, key: &str) -> PathBuf {
        self.scratch.path().join("data").join(BUCKET).join(key)
    }
}

impl Deref for S3 {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.child
    }
}
