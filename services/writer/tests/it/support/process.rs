//! The writer as its own program, so that it can be killed and frozen for real.

use std::{net::SocketAddr, process::Stdio};

use naru_lake::catalog::{PartitionRow, read};
use naru_testkit::{Port, wait_until};
use naru_writer::Config;
use nix::{sys::signal::Signal, unistd::Pid};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
};

use super::{PATIENCE, Serves, World};

/// Ends, without a word, when dropped.
pub(crate) struct Process {
    child: Child,
    flight: SocketAddr,
    admin: Port,
}

impl World {
    /// Starts a writer of its own and waits until it has the partition.
    pub(crate) async fn spawn(&self, config: &Config) -> Process {
        let values = serde_json::to_value(config).unwrap();
        let epoch = self.epoch().await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_naru-writer"));
        for (key, value) in values.as_object().unwrap() {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if value != "null" {
                command.env(format!("NARU_WRITER_{}", key.to_uppercase()), value);
            }
        }
        let admin = Port::lease();
        command.env("NARU_WRITER_ADMIN_LISTEN", admin.addr().to_string());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap();
        wait_until("the writer has the partition", PATIENCE, || async { self.epoch().await > epoch }).await;
        let url = self.partition().await.unwrap().flight_url.unwrap();
        Process { child, flight: url.strip_prefix("http://").unwrap().parse().unwrap(), admin }
    }

    /// Rises by one with every takeover; 0 before the first.
    pub(crate) async fn epoch(&self) -> i64 {
        self.partition().await.map_or(0, |row| row.epoch)
    }

    /// 0 before the first commit.
    pub(crate) async fn committed_seq(&self) -> u64 {
        self.partition().await.map_or(0, |row| row.committed_seq)
    }

    async fn partition(&self) -> Option<PartitionRow> {
        read::partition(&self.catalog, 0).await.unwrap()
    }
}

impl Serves for Process {
    fn flight(&self) -> SocketAddr {
        self.flight
    }
}

impl Process {
    /// kill -9, and waits until it is gone.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// A counter or gauge without labels; 0 while it was never touched.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let mut stream = TcpStream::connect(self.admin.addr()).await.unwrap();
        stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.unwrap_or(0.0)
    }

    /// Does nothing from now on, and does not know it.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub(crate) fn thaw(&self) {
        self.signal(Signal::SIGCONT);
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        nix::sys::signal::kill(Pid::from_raw(pid), signal).unwrap();
    }
}
