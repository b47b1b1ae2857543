//! One process that shall run: started, watched, brought back.

use std::{
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use nix::{sys::signal::Signal, unistd::Pid};

use super::{
    leftover, logger,
    stuck::{Seen, Stuck},
};
use crate::{place, probe::Probe, recipes::Recipe, stack};

/// A child that dies before it was ever ready is not started again at once: something is wrong that haste won't heal.
const BACKOFF_FIRST: Duration = Duration::from_millis(250);
const BACKOFF_MAX: Duration = Duration::from_secs(10);
const PROBE_EVERY: Duration = Duration::from_millis(200);
/// Services drain within 15 s; what takes longer is killed, and replays.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// A backend in the middle of a long query does not look up; after this it is told.
const LEFTOVERS_WITHIN: Duration = Duration::from_secs(5);

pub(super) struct Child {
    recipe: Recipe,
    log: PathBuf,
    running: Option<Running>,
    restarts: u32,
    failures: u32,
    start_at: Instant,
    /// Since when processes of its predecessor are in the way.
    waiting_since: Option<Instant>,
}

struct Running {
    process: process::Child,
    /// Set by the probing thread, which ends with `gone`.
    ready: Arc<AtomicBool>,
    gone: Arc<AtomicBool>,
    was_ready: bool,
    stuck: Seen,
    /// Asked to stop, so that it is started again.
    is_leaving: bool,
}

impl Child {
    pub(super) fn new(recipe: Recipe, data: &Path) -> Self {
        let log = data.join("logs").join(format!("{}.log", recipe.name));
        Self {
            recipe,
            log,
            running: None,
            restarts: 0,
            failures: 0,
            start_at: Instant::now(),
            waiting_since: None,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.recipe.name
    }

    pub(super) fn is_demo(&self) -> bool {
        self.recipe.name.starts_with("demo-")
    }

    pub(super) fn is_ready(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.ready.load(Ordering::Relaxed))
    }

    pub(super) fn status(&self) -> stack::Child {
        let pid = self.running.as_ref().and_then(|running| i32::try_from(running.process.id()).ok());
        stack::Child {
            pid,
            addr: self.recipe.addr.clone(),
            is_ready: self.is_ready(),
            restarts: self.restarts,
        }
    }

    /// Notices an end, and starts again when it is time.
    pub(super) fn look(&mut self) {
        if let Some(running) = &mut self.running {
            running.was_ready |= running.ready.load(Ordering::Relaxed);
            match running.process.try_wait() {
                Ok(None) => {
                    self.free();
                    return;
                }
                Ok(Some(status)) => self.ended(&status.to_string()),
                Err(error) => self.ended(&error.to_string()),
            }
        }
        if self.running.is_none() && Instant::now() >= self.start_at && !self.waits_for_leftovers() {
            self.start();
        }
    }

    /// Starts it again by asking it to stop, once, when it is stuck and need not be.
    fn free(&mut self) {
        let (Some(running), Some(stuck)) = (&mut self.running, &self.recipe.stuck) else { return };
        if running.is_leaving || !running.stuck.is_stuck() || !stuck.has_room() {
            return;
        }
        running.is_leaving = true;
        eprintln!("{} could not write and there is room again: it is started anew", self.recipe.name);
        self.ask_to_stop();
    }

    /// Backends of a killed Postgres still hold its shared memory; a new one refuses to start beside them. They notice
    /// by themselves within moments, and are told when they do not. The memory is theirs to give back, never ours to remove.
    fn waits_for_leftovers(&mut self) -> bool {
        let Some(home) = &self.recipe.exclusive_dir else { return false };
        let leftovers = leftover::living_in(home);
        if leftovers.is_empty() {
            self.waiting_since = None;
            return false;
        }
        let since = *self.waiting_since.get_or_insert_with(|| {
            eprintln!("{} waits for {} processes of its predecessor", self.recipe.name, leftovers.len());
            Instant::now()
        });
        if since.elapsed() > LEFTOVERS_WITHIN {
            for pid in leftovers {
                let _ = nix::sys::signal::kill(pid, Signal::SIGQUIT);
            }
            // Asked once, then given as long again.
            self.waiting_since = Some(Instant::now());
        }
        true
    }

    fn ended(&mut self, how: &str) {
        let Some(running) = self.running.take() else { return };
        // What it started itself, such as an interpreter below a script, must not meet its successor.
        if let Ok(pid) = i32::try_from(running.process.id()) {
            let _ = nix::sys::signal::killpg(Pid::from_raw(pid), Signal::SIGKILL);
        }
        running.gone.store(true, Ordering::Relaxed);
        self.restarts += 1;
        let pause = if running.was_ready {
            self.failures = 0;
            Duration::ZERO
        } else {
            self.failures += 1;
            backoff(self.failures)
        };
        self.start_at = Instant::now() + pause;
        eprintln!("{} ended ({how}), starting it again in {} ms", self.name(), pause.as_millis());
    }

    fn start(&mut self) {
        match self.spawn() {
            Ok(running) => self.running = Some(running),
            Err(error) => {
                self.failures += 1;
                self.start_at = Instant::now() + backoff(self.failures);
                eprintln!("{} was not started: {error:#}", self.name());
            }
        }
    }

    /// Through `exec-child`, which becomes the program.
    fn spawn(&self) -> anyhow::Result<Running> {
        let mut command = Command::new(place::THIS_PROGRAM);
        let death_signal = self.recipe.death_signal.as_str();
        command.args(["exec-child", "--parent", &process::id().to_string(), "--death-signal", death_signal]);
        if let Some(user) = self.recipe.user {
            command.args(["--user", user]);
        }
        command.arg("--").arg(&self.recipe.program).args(&self.recipe.args);
        command.envs(self.recipe.env.iter().map(|(name, value)| (name, value)));
        let mut process = {
            use std::os::unix::process::CommandExt;
            command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .process_group(0)
                .spawn()?
        };
        logger::keep(&self.log, process.stdout.take(), process.stderr.take());
        let (ready, gone) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (seen, stuck) = (Seen::default(), self.recipe.stuck.clone());
        watch(
            self.recipe.probe.clone(),
            stuck.map(|stuck| (stuck, seen.clone())),
            Arc::clone(&ready),
            Arc::clone(&gone),
        );
        Ok(Running { process, ready, gone, was_ready: false, stuck: seen, is_leaving: false })
    }

    pub(super) fn ask_to_stop(&self) {
        self.signal(self.recipe.stop_signal);
    }

    fn signal(&self, signal: Signal) {
        let pid = self.running.as_ref().and_then(|running| i32::try_from(running.process.id()).ok());
        if let Some(pid) = pid {
            // It may have ended by itself, which is what we want.
            let _ = match signal {
                // A script passes nothing on; each of its programs is told.
                _ if self.is_demo() => nix::sys::signal::killpg(Pid::from_raw(pid), signal),
                Signal::SIGKILL => nix::sys::signal::killpg(Pid::from_raw(pid), signal),
                _ => nix::sys::signal::kill(Pid::from_raw(pid), signal),
            };
        }
    }

    pub(super) fn wait(&mut self) {
        let deadline = Instant::now() + STOP_WITHIN;
        while let Some(running) = &mut self.running {
            running.gone.store(true, Ordering::Relaxed);
            if !matches!(running.process.try_wait(), Ok(None)) {
                self.running = None;
            } else if Instant::now() > deadline {
                eprintln!("{} did not stop within {STOP_WITHIN:?} and is killed", self.recipe.name);
                self.signal(Signal::SIGKILL);
                if let Some(mut running) = self.running.take() {
                    let _ = running.process.wait();
                }
            } else {
                thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

fn backoff(failures: u32) -> Duration {
    BACKOFF_FIRST.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(BACKOFF_MAX)
}

fn watch(probe: Probe, stuck: Option<(Stuck, Seen)>, ready: Arc<AtomicBool>, gone: Arc<AtomicBool>) {
    thread::spawn(move || {
        while !gone.load(Ordering::Relaxed) {
            ready.store(probe.holds(), Ordering::Relaxed);
            if let Some((stuck, seen)) = &stuck
                && !ready.load(Ordering::Relaxed)
            {
                seen.look(stuck);
            }
            // A ready child is looked at less often: an idle stack costs nothing.
            thread::sleep(if ready.load(Ordering::Relaxed) { 10 * PROBE_EVERY } else { PROBE_EVERY });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_and_ends_at_ten_seconds() {
        let pauses: Vec<u128> = (1..8).map(|failures| backoff(failures).as_millis()).collect();
        assert_eq!(pauses, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000]);
        assert_eq!(backoff(u32::MAX), BACKOFF_MAX);
    }
}
