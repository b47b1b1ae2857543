//! What a stack is, on disk: `stack.json` says how it was started, `status.json` how it is.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail};
use serde::{Deserialize, Serialize};

use crate::{cli::Select, place, ports::Ports, supervisor};

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
        let stack = Self::read(&place::data(select)?)?;
        stack.is_on(select.ports)?;
        Ok(stack)
    }

    /// Are these its ports, if any were said?
    pub(crate) fn is_on(&self, base: Option<u16>) -> anyhow::Result<()> {
        match base.filter(|base| *base != self.ports.base) {
            Some(base) => {
                bail!("the stack in {} uses ports from {}, not {base}", self.data.display(), self.ports.base)
            }
            None => Ok(()),
        }
    }

    pub(crate) fn write(&self) -> anyhow::Result<()> {
        write(&file(&self.data), self)?;
        place::register(self.ports.base, &self.data);
        Ok(())
    }

    pub(crate) fn read(data: &Path) -> anyhow::Result<Self> {
        let path = file(data);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| {
                anyhow!(
                    "{} is broken; `./dev up` with the options of this stack writes it anew",
                    path.display()
                )
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let data = data.display();
                bail!("there is no stack in {data}; start one with `./dev up --data {data}`")
            }
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    /// As its supervisor last said, or down when that is gone.
    pub(crate) fn status(&self) -> Status {
        let status = Status::last(&self.data);
        if supervisor::is_of(&self.data, status.supervisor) { status } else { Status::default() }
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
        write(&status_file(data), self)
    }

    /// As a supervisor last said, whether that still lives or not. What cannot be read says nothing: a supervisor that
    /// lives writes it again.
    pub(crate) fn last(data: &Path) -> Self {
        let bytes = fs::read(status_file(data)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }
}

fn file(data: &Path) -> PathBuf {
    data.join("stack.json")
}

pub(crate) fn status_file(data: &Path) -> PathBuf {
    data.join("status.json")
}

/// A reader sees the old file or the new one, never half of one; nor does whoever comes after a power failure.
fn write<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let draft = path.with_extension("draft");
    let written = || {
        let mut file = File::create(&draft)?;
        file.write_all(&serde_json::to_vec_pretty(value)?)?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    written().with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_file_blocks_nothing_and_says_what_to_do() {
        let data = tempfile::tempdir().unwrap();
        let data = data.path();
        let status = Status { supervisor: 7, ..Status::default() };
        status.write(data).unwrap();
        assert_eq!(Status::last(data).supervisor, 7);

        for broken in ["", "{", "{7:1}", "[]"] {
            fs::write(status_file(data), broken).unwrap();
            assert_eq!(Status::last(data).state, State::Down);
            fs::write(file(data), broken).unwrap();
            let error = format!("{:#}", Stack::read(data).unwrap_err());
            assert!(error.contains("`./dev up`") && !error.contains('\n'), "{error}");
        }
    }
}
