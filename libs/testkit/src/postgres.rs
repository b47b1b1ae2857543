//! One Postgres per test process, one database per call.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use nix::sys::signal::Signal;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{
    Port, Scratch,
    child::{Child, Recipe},
};

const ROLES: &str = include_str!("../../../infra/postgres/roles.sql");
const SUPERUSER: &str = "postgres";
/// Debian's user for the server, which refuses to run as root.
const UNPRIVILEGED: &str = "postgres";

static NEXT: AtomicU32 = AtomicU32::new(0);
static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

#[derive(Debug)]
struct Server {
    child: Child,
    port: Port,
    _scratch: Scratch,
}

/// An empty database of its own, with all roles, on the process's one server.
#[derive(Debug)]
pub struct Postgres {
    database: String,
    addr: SocketAddr,
}

/// A fresh database. Migrations are the caller's: `Service::migrate(&postgres.owner_url())`.
///
/// # Panics
/// When the server or the database cannot be made: the message holds the server's log.
pub async fn postgres() -> Postgres {
    let addr = tokio::task::spawn_blocking(|| SERVER.port.addr()).await.expect("Postgres starts");
    let database = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = connect(addr, "postgres").await;
    // Roles are the cluster's: two tests at a time must not create the same one.
    let prepare = "select pg_advisory_lock(1)";
    for statement in [
        prepare,
        ROLES,
        &format!("create database {database} owner naru_owner"),
        "select pg_advisory_unlock(1)",
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
            .execute(&mut connection)
            .await
            .expect("a fresh server takes roles and databases");
    }
    connection.close().await.expect("the connection closes");
    Postgres { database, addr }
}

async fn connect(addr: SocketAddr, database: &str) -> PgConnection {
    let url = format!("postgres://{SUPERUSER}@{addr}/{database}");
    for _ in 0..300 {
        if let Ok(connection) = PgConnection::connect(&url).await {
            return connection;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("Postgres at {addr} takes no connections");
}

impl Postgres {
    /// For migrations.
    #[must_use]
    pub fn owner_url(&self) -> String {
        self.url_for("naru_owner")
    }

    /// For a look past row-level security, which no service has.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.url_for(SUPERUSER)
    }

    /// The URL of a service's login role, such as `naru_console`. The server trusts everybody on loopback.
    #[must_use]
    pub fn url_for(&self, role: &str) -> String {
        format!("postgres://{role}@{}/{}", self.addr, self.database)
    }

    /// Where the server listens: put a [`crate::Gate`] in front of it to take it away from one client.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// [`Self::url_for`] through a gate.
    #[must_use]
    pub fn url_through(&self, gate: &crate::Gate, role: &str) -> String {
        format!("postgres://{role}@{}/{}", gate.addr(), self.database)
    }

    /// The server of all tests in this process: whoever stops it must be alone (`--test-threads=1`, or a lock).
    #[must_use]
    pub fn server(&self) -> &'static Child {
        &SERVER.child
    }
}

impl Server {
    fn start() -> Self {
        let scratch = Scratch::new("postgres");
        let data = scratch.path().join("data");
        let bin = bin_dir();
        let user = nix::unistd::Uid::effective().is_root().then_some(UNPRIVILEGED);
        initdb(&bin, &data, user);
        let port = Port::lease();
        let setting = |text: &str| ["-c".to_owned(), text.to_owned()];
        let mut args = vec!["-D".to_owned(), data.display().to_string(), "-p".to_owned(), port.to_string()];
        // Tests kill servers, not machines: what the kernel has is enough.
        for text in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "max_connections=200",
            "shared_buffers=32MB",
        ] {
            args.extend(setting(text));
        }
        let child = Child::start(Recipe {
            name: "postgres",
            program: bin.join("postgres"),
            args,
            user,
            addr: port.addr(),
            log: scratch.path().join("log"),
            stop_signal: Signal::SIGINT,
        });
        Self { child, port, _scratch: scratch }
    }
}

fn initdb(bin: &Path, data: &Path, user: Option<&str>) {
    let mut command = match user {
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args([&format!("--reuid={user}"), &format!("--regid={user}"), "--init-groups", "--"]);
            command.arg(bin.join("initdb"));
            command
        }
        None => Command::new(bin.join("initdb")),
    };
    let output = command
        .arg("-D")
        .arg(data)
        .args([
            "-A",
            "trust",
            "-U",
            SUPERUSER,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ])
        .output()
        .expect("initdb runs; `./dev test` installs it");
    assert!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr));
}

/// Debian keeps the servers of each major version apart; the newest is taken.
fn bin_dir() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest =
        versions.map(|entry| entry.path()).filter(|path| path.join("bin/postgres").exists()).max_by_key(
            |path| path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok()),
        );
    newest.map(|path| path.join("bin")).expect("Postgres is installed; `./dev test` does that")
}
