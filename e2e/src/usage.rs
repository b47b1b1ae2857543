//! CPU time and memory of every process of a stack, children included, from /proc.

use std::{collections::HashMap, fs};

use crate::Status;
use anyhow::Context;

/// Clock ticks of /proc/<pid>/stat; 100 on every Linux that matters.
const TICKS_PER_S: f64 = 100.0;

/// What a stack has used so far.
#[derive(Debug, Clone)]
pub struct Usage {
    /// CPU seconds by pid, so that a process that ended does not count negatively.
    cpu_s: HashMap<i32, f64>,
    /// Sum of the shares of memory (PSS).
    pub pss_mib: f64,
}

impl Usage {
    /// All of this moment.
    pub fn of(status: &Status) -> anyhow::Result<Self> {
        let parents = parents()?;
        let processes = status.services.values().chain(status.dependencies.values());
        let roots: Vec<i32> = processes.filter_map(|process| process.pid).collect();
        let mut cpu_s = HashMap::new();
        let mut pss_kib = 0;
        for (&pid, _) in parents.iter().filter(|&(&pid, _)| is_under(pid, &roots, &parents)) {
            // A backend of Postgres may end while we look.
            if let (Ok(seconds), Ok(kib)) = (cpu_seconds(pid), pss(pid)) {
                cpu_s.insert(pid, seconds);
                pss_kib += kib;
            }
        }
        Ok(Self { cpu_s, pss_mib: pss_kib as f64 / 1024.0 })
    }

    /// CPU seconds of one process since it started.
    pub fn cpu_s_of(status: &Status, name: &str) -> anyhow::Result<f64> {
        cpu_seconds(status.pid(name)?)
    }

    /// CPU seconds of all of them since each started.
    #[must_use]
    pub fn cpu_s(&self) -> f64 {
        self.cpu_s.values().sum()
    }

    /// CPU seconds of processes that are still there.
    #[must_use]
    pub fn cpu_s_since(&self, earlier: &Self) -> f64 {
        self.cpu_s.iter().map(|(pid, now)| now - earlier.cpu_s.get(pid).copied().unwrap_or(0.0)).sum()
    }
}

fn is_under(pid: i32, roots: &[i32], parents: &HashMap<i32, i32>) -> bool {
    let mut at = pid;
    while at > 1 {
        if roots.contains(&at) {
            return true;
        }
        at = parents.get(&at).copied().unwrap_or(0);
    }
    false
}

fn parents() -> anyhow::Result<HashMap<i32, i32>> {
    let pids =
        fs::read_dir("/proc")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    Ok(pids.filter_map(|pid| Some((pid, stat(pid).ok()?.get(1)?.parse().ok()?))).collect())
}

/// Fields of /proc/<pid>/stat after the command name: state, ppid, …
fn stat(pid: i32) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let rest = text.rsplit_once(')').context("a command name in brackets")?.1;
    Ok(rest.split_whitespace().map(str::to_owned).collect())
}

fn cpu_seconds(pid: i32) -> anyhow::Result<f64> {
    let fields = stat(pid)?;
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    // utime and stime: fields 14 and 15 of the manual, 11 and 12 after the command name.
    Ok((ticks(11) + ticks(12)) / TICKS_PER_S)
}

fn pss(pid: i32) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("a Pss line")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
