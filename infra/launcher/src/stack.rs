//! What a stack is, on disk: `stack.json` says how it was started, `status.json` how it is.

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{cli::Select, place, ports::Ports};

/// How a stack was started. Written by `up`, read by everybody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Stack {
    pub(crate) data: PathBuf,
    pub(crate) ports: Ports,
    pub(crate) base: String,
    pub(crate) listen: IpAddr,
    pub(crate) split: bool,
    pub(crate) release: bool,
    /// `up` in the foreground: the stack ends with this process.
    pub(crate) foreground_of: Option<i32>,
}

/// How a stack is. Written by its supervisor whenever something changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) supervisor: i32,
    pub(crate) state: State,
    pub(crate) children: BTreeMap<String, Child>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    #[default]
    Down,
    Starting,
    Ready,
    /// Something that was ready is not, and is being brought back.
    Degraded,
    Stopping,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Child {
    pub(crate) pid: Option<i32>,
    pub(crate) addr: Option<String>,
    pub(crate) is_ready: bool,
    pub(crate) restarts: u32,
}

pub(crate) const REGION: &str = "local";
pub(crate) const SERVICES: [&str; 6] = ["console", "license", "ingest", "writer", "query", "metering"];

impl Stack {
    /// The stack that `--data` and `--ports` mean.
    pub(crate) fn find(select: &Select) -> anyhow::Result<Self> {
        let data = place::data(select)?;
        let Some(stack) = read::<Self>(&data.join("stack.json"))? else {
            bail!("there is no stack in {}; start one with `./dev up`", data.display());
        };
        if let Some(base) = select.ports.filter(|base| *base != stack.ports.base) {
            bail!("the stack in {} uses ports from {}, not {base}", data.display(), stack.ports.base);
        }
        Ok(stack)
    }

    pub(crate) fn write(&self) -> anyhow::Result<()> {
        write(&self.data.join("stack.json"), self)?;
        place::register(self.ports.base, &self.data);
        Ok(())
    }

    pub(crate) fn read(data: &Path) -> anyhow::Result<Self> {
        read(&data.join("stack.json"))?.with_context(|| format!("there is no stack in {}", data.display()))
    }

    /// As its supervisor last said, or down when that is gone.
    pub(crate) fn status(&self) -> anyhow::Result<Status> {
        let status = self.last_status()?;
        if self.is_supervisor(status.supervisor) { Ok(status) } else { Ok(Status::default()) }
    }

    /// As its supervisor last said, whether that still lives or not.
    pub(crate) fn last_status(&self) -> anyhow::Result<Status> {
        Ok(read::<Status>(&self.data.join("status.json"))?.unwrap_or_default())
    }

    /// A stale pid may belong to anybody by now: ours says `supervise` and this stack's data in its command line.
    pub(crate) fn is_supervisor(&self, pid: i32) -> bool {
        let says =
            |cmdline: &[u8], wanted: &[u8]| cmdline.split(|byte| *byte == 0).any(|word| word == wanted);
        pid > 0
            && fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|cmdline| {
                says(&cmdline, b"supervise") && says(&cmdline, self.data.as_os_str().as_encoded_bytes())
            })
    }

    pub(crate) fn console_host(&self) -> String {
        format!("console.{}", self.base)
    }

    /// With the port a browser must say.
    pub(crate) fn console_url(&self) -> String {
        format!("http://{}{}", self.console_host(), self.port_suffix())
    }

    pub(crate) fn apm_host(&self, tenant: &str) -> String {
        format!("{tenant}.apm.{REGION}.{}", self.base)
    }

    pub(crate) fn apm_url(&self, tenant: &str) -> String {
        format!("http://{}{}", self.apm_host(tenant), self.port_suffix())
    }

    /// Where this machine itself reaches the public ports.
    pub(crate) fn dialled(&self) -> IpAddr {
        if self.listen.is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { self.listen }
    }

    fn port_suffix(&self) -> String {
        match self.ports.get(crate::ports::Port::Edge) {
            80 => String::new(),
            port => format!(":{port}"),
        }
    }

    /// What agents dial: names under `.localhost` resolve in browsers only.
    pub(crate) fn agent_host(&self) -> String {
        if self.base == "localhost" {
            self.dialled().to_string()
        } else {
            format!("ingest.{REGION}.{}", self.base)
        }
    }
}

impl Status {
    pub(crate) fn write(&self, data: &Path) -> anyhow::Result<()> {
        write(&data.join("status.json"), self)
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => {
            Ok(Some(serde_json::from_slice(&bytes).with_context(|| format!("reading {}", path.display()))?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// A reader sees the old file or the new one, never half of one.
fn write<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let draft = path.with_extension("draft");
    fs::write(&draft, serde_json::to_vec_pretty(value)?)
        .with_context(|| format!("writing {}", draft.display()))?;
    fs::rename(&draft, path).with_context(|| format!("writing {}", path.display()))
}
