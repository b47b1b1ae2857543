//! CPU time and memory of every process of a stack, from /proc: services, what they stand on, the supervisor that starts
//! them and keeps their logs, and whatever any of these starts.
//!
//! A process counts by itself while it is there, and in its parent once it has ended and was waited for. So the sum over
//! the tree never shrinks: a backend of Postgres that closes takes nothing with it, and nothing is counted twice.

mod stat;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context, ensure};

use self::stat::{Stat, TICKS_PER_S};
use crate::Status;

/// Looks until two in a row agree; processes of a stack come and go a few times a second.
const LOOKS_MAX: usize = 100;

type Processes = BTreeMap<i32, Stat>;

/// What a stack has used so far.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// CPU seconds of the whole tree since it began.
    cpu_s: f64,
    /// Sum of the shares of memory (PSS).
    pub pss_mib: f64,
}

impl Usage {
    /// All of this moment.
    pub fn of(status: &Status) -> anyhow::Result<Self> {
        let supervisors = supervisors(status)?;
        let processes = settled(|| Ok(tree(&all()?, &supervisors)))?;
        // Whoever has ended since has no memory.
        let pss_kib: u64 = processes.keys().filter_map(|&pid| pss_kib(pid).ok()).sum();
        Ok(Self { cpu_s: ticks(&processes) as f64 / TICKS_PER_S, pss_mib: pss_kib as f64 / 1024.0 })
    }

    /// CPU seconds of one process since it started.
    pub fn cpu_s_of(status: &Status, name: &str) -> anyhow::Result<f64> {
        Ok(Stat::of(status.pid(name)?)?.own as f64 / TICKS_PER_S)
    }

    /// CPU seconds since the stack was started, its start included.
    #[must_use]
    pub const fn cpu_s(&self) -> f64 {
        self.cpu_s
    }

    /// CPU seconds since `earlier`, of the same start of the same stack.
    #[must_use]
    pub fn cpu_s_since(&self, earlier: &Self) -> f64 {
        self.cpu_s - earlier.cpu_s
    }
}

/// Who started what the status names: one process.
fn supervisors(status: &Status) -> anyhow::Result<BTreeSet<i32>> {
    let processes = status.services.values().chain(status.dependencies.values());
    let parents = processes.filter_map(|process| Stat::of(process.pid?).ok()).map(|stat| stat.parent);
    // A service without its supervisor is about to end, and everything else below init is not ours.
    let parents: BTreeSet<i32> = parents.filter(|&parent| parent > 1).collect();
    ensure!(!parents.is_empty(), "no process of the stack is there");
    Ok(parents)
}

/// Every process of this machine.
fn all() -> anyhow::Result<Processes> {
    let pids =
        fs::read_dir("/proc")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    Ok(pids.filter_map(|pid| Some((pid, Stat::of(pid).ok()?))).collect())
}

/// These roots and all below them.
fn tree(all: &Processes, roots: &BTreeSet<i32>) -> Processes {
    let is_under = |pid: i32| {
        let mut at = pid;
        while at > 1 && !roots.contains(&at) {
            at = all.get(&at).map_or(0, |stat| stat.parent);
        }
        at > 1
    };
    all.iter().filter(|&(&pid, _)| is_under(pid)).map(|(&pid, &stat)| (pid, stat)).collect()
}

/// Processes are read one after another: who ends between their own turn and their parent's would be missed, or counted
/// twice. So looks again until nobody came and nobody was waited for since the look before.
fn settled(mut look: impl FnMut() -> anyhow::Result<Processes>) -> anyhow::Result<Processes> {
    let mut before = look()?;
    for _ in 0..LOOKS_MAX {
        let now = look()?;
        let reaped = |processes: &Processes| -> Vec<(i32, u64)> {
            processes.iter().map(|(&pid, stat)| (pid, stat.reaped)).collect()
        };
        if reaped(&now) == reaped(&before) {
            return Ok(now);
        }
        before = now;
    }
    Err(anyhow::anyhow!("processes came and went between each of {LOOKS_MAX} looks"))
}

fn ticks(processes: &Processes) -> u64 {
    processes.values().map(|stat| stat.own + stat.reaped).sum()
}

fn pss_kib(pid: i32) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("a Pss line")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUPERVISOR: i32 = 10;
    const POSTMASTER: i32 = 20;

    /// pid, parent, own ticks, ticks of the reaped.
    fn processes(rows: &[(i32, i32, u64, u64)]) -> Processes {
        rows.iter().map(|&(pid, parent, own, reaped)| (pid, Stat { parent, own, reaped })).collect()
    }

    fn of_stack(rows: &[(i32, i32, u64, u64)]) -> u64 {
        ticks(&tree(&processes(rows), &BTreeSet::from([SUPERVISOR])))
    }

    #[test]
    fn a_backend_counts_by_itself_while_it_lives_and_in_its_parent_afterwards() {
        let before =
            of_stack(&[(SUPERVISOR, 1, 5, 0), (POSTMASTER, SUPERVISOR, 7, 100), (21, POSTMASTER, 70, 0)]);
        // 21 has used 30 more and was reaped; 22 came, used 8 and was reaped, seen by nobody; 23 is there.
        let after = of_stack(&[
            (SUPERVISOR, 1, 6, 0),
            (POSTMASTER, SUPERVISOR, 7, 100 + 70 + 30 + 8),
            (23, POSTMASTER, 4, 0),
        ]);
        assert_eq!((before, after - before), (182, 1 + 30 + 8 + 4));
    }

    #[test]
    fn a_service_that_is_started_anew_takes_nothing_with_it() {
        let before = of_stack(&[(SUPERVISOR, 1, 5, 0), (30, SUPERVISOR, 900, 40)]);
        let after = of_stack(&[(SUPERVISOR, 1, 5, 940), (31, SUPERVISOR, 3, 0)]);
        assert_eq!(after - before, 3);
    }

    #[test]
    fn nobody_elses_process_counts() {
        let others = [(1, 0, 1_000, 1_000), (SUPERVISOR, 1, 5, 0), (99, 1, 50, 50), (100, 99, 50, 50)];
        assert_eq!(of_stack(&others), 5);
    }

    #[test]
    fn a_look_during_which_somebody_ended_is_not_believed() {
        let alive = processes(&[(POSTMASTER, 1, 0, 100), (21, POSTMASTER, 70, 0)]);
        // 21 was read, then ended, then its parent was read.
        let twice = processes(&[(POSTMASTER, 1, 0, 170), (21, POSTMASTER, 70, 0)]);
        let ended = processes(&[(POSTMASTER, 1, 0, 170)]);
        let mut looks = vec![ended.clone(), ended.clone(), twice, alive];
        assert_eq!(settled(|| Ok(looks.pop().unwrap())).unwrap(), ended);
    }

    #[test]
    fn the_kernel_gives_a_reaped_childs_time_to_its_parent() {
        let me = i32::try_from(std::process::id()).unwrap();
        let before = Stat::of(me).unwrap().reaped;
        let busy = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
        assert!(std::process::Command::new("sh").args(["-c", busy]).status().unwrap().success());
        assert!(Stat::of(me).unwrap().reaped > before);
    }
}
