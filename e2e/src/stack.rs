//! One running stack per test, started and stopped as a user would.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

/// Blocks of 20 ports, far from the known ones and from the default block.
static NEXT_PORTS: AtomicU16 = AtomicU16::new(23_000);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    OneProcess,
    Split,
}

/// What `./dev status --json` prints.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Status {
    pub state: String,
    pub version: String,
    pub region: String,
    pub console_url: String,
    pub apm_url_template: String,
    pub edge_addr: String,
    pub otlp_grpc: String,
    pub otlp_http: String,
    pub mail_dir: PathBuf,
    pub services: BTreeMap<String, Process>,
    pub dependencies: BTreeMap<String, Process>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Process {
    pub pid: Option<i32>,
    #[serde(default)]
    pub addr: Option<String>,
    #[serde(default)]
    pub state: Option<String>,
    #[serde(default)]
    pub version: Option<String>,
    #[serde(default)]
    pub sync: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Demo {
    pub apm_host: String,
    pub project: String,
    pub token: String,
}

impl Status {
    /// Of a service or of what it stands on.
    pub fn pid(&self, name: &str) -> anyhow::Result<i32> {
        let process = self.services.get(name).or_else(|| self.dependencies.get(name));
        process.and_then(|process| process.pid).with_context(|| format!("{name} has no pid"))
    }
}

/// Goes down, with its data, when dropped.
#[derive(Debug)]
pub struct Stack {
    data: PathBuf,
    ports: u16,
    pub shape: Shape,
    release: bool,
}

impl Stack {
    /// `./dev up --detach` with a data directory and a block of ports of its own, without the demo.
    /// `env` reaches the services, as `NARU_<SERVICE>_<NAME>` does in any installation.
    pub fn start(shape: Shape, env: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::start_build(shape, env, false)
    }

    /// The same, optimised when `release`: for figures, not for tests.
    pub fn start_build(shape: Shape, env: &[(&str, &str)], release: bool) -> anyhow::Result<Self> {
        let stack = Self::new(shape, release);
        stack.up(env)?;
        Ok(stack)
    }

    /// Only its places; nothing runs before [`Self::up`].
    #[must_use]
    pub fn new(shape: Shape, release: bool) -> Self {
        let ports = NEXT_PORTS.fetch_add(20, Ordering::Relaxed);
        let data = std::env::temp_dir().join(format!("naru-e2e-{}-{ports}", std::process::id()));
        Self { data, ports, shape, release }
    }

    pub fn up(&self, env: &[(&str, &str)]) -> anyhow::Result<()> {
        let mut args = vec!["up", "--detach", "--no-demo"];
        if self.shape == Shape::Split {
            args.push("--split");
        }
        if self.release {
            args.push("--release");
        }
        self.dev(&args, env).map(|_| ())
    }

    /// Stops and starts again on the same data.
    pub fn restart(&self, env: &[(&str, &str)]) -> anyhow::Result<()> {
        self.dev(&["down"], &[])?;
        self.up(env)
    }

    pub fn status(&self) -> anyhow::Result<Status> {
        let text = self.dev(&["status", "--json"], &[])?;
        serde_json::from_str(&text).with_context(|| format!("reading `./dev status --json`: {text}"))
    }

    pub fn demo_start(&self) -> anyhow::Result<()> {
        self.dev(&["demo", "start"], &[]).map(|_| ())
    }

    /// How to read the demo tenant's telemetry: the launcher keeps it beside its other secrets.
    pub fn demo(&self) -> anyhow::Result<Demo> {
        let path = self.data.join("secrets/demo.json");
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// A service's own program with the settings it runs with, for a command of it. Split shape only.
    pub fn command(&self, service: &str) -> anyhow::Result<Command> {
        let process = PathBuf::from(format!("/proc/{}", self.status()?.pid(service)?));
        let mut command = Command::new(std::fs::read_link(process.join("exe"))?);
        let environment = std::fs::read(process.join("environ"))?;
        let prefix = format!("NARU_{}_", service.to_uppercase());
        for pair in String::from_utf8_lossy(&environment).split('\0') {
            match pair.split_once('=') {
                Some((name, value)) if name.starts_with(&prefix) => command.env(name, value),
                _ => continue,
            };
        }
        command.stdin(Stdio::null());
        Ok(command)
    }

    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    #[must_use]
    pub fn lake_dir(&self) -> PathBuf {
        self.data.join("lake")
    }

    /// The n-th port of the block; README has the table.
    #[must_use]
    pub fn port(&self, n: u16) -> u16 {
        self.ports + n
    }

    fn dev(&self, args: &[&str], env: &[(&str, &str)]) -> anyhow::Result<String> {
        let output = Command::new(repository().join("dev"))
            .args(args)
            .arg("--data")
            .arg(&self.data)
            .args(["--ports", &self.ports.to_string()])
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .output()
            .context("running ./dev")?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "./dev {} failed\n{text}\n{}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(text)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // A test that failed keeps its data, for whoever looks for the cause.
        let command = if std::thread::panicking() { "down" } else { "reset" };
        if let Err(error) = self.dev(&[command], &[]) {
            #[expect(
                clippy::print_stderr,
                reason = "a drop has no other voice, and a stack left running must be known"
            )]
            {
                eprintln!("{error:#}");
            }
        }
    }
}

/// The checkout this crate was built from.
#[must_use]
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("e2e/ lies in the repository").to_owned()
}
