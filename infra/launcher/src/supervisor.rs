//! A stack's supervisor as others see it: is it there, and please stop. Needs the folder only, so that a broken
//! `stack.json` keeps nobody from stopping what runs.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use nix::{sys::signal::Signal, unistd::Pid};

use crate::stack::Status;

/// Services drain, then Postgres, Redis and NATS end.
const DOWN_WITHIN: Duration = Duration::from_secs(60);

/// The pid of the supervisor of this data, if one lives.
pub(crate) fn of(data: &Path) -> Option<i32> {
    Some(Status::last(data).supervisor).filter(|pid| is_of(data, *pid))
}

/// A stale pid may belong to anybody by now: ours says `supervise` and this stack's data in its command line.
pub(crate) fn is_of(data: &Path, pid: i32) -> bool {
    let says = |cmdline: &[u8], wanted: &[u8]| cmdline.split(|byte| *byte == 0).any(|word| word == wanted);
    pid > 0
        && fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|cmdline| {
            says(&cmdline, b"supervise") && says(&cmdline, data.as_os_str().as_encoded_bytes())
        })
}

/// Tells the supervisor and waits until it and all its children are gone.
pub(crate) fn stop(data: &Path) -> anyhow::Result<()> {
    let Some(pid) = of(data) else { return Ok(()) };
    nix::sys::signal::kill(Pid::from_raw(pid), Signal::SIGTERM).context("telling the supervisor to stop")?;
    let deadline = Instant::now() + DOWN_WITHIN;
    while is_of(data, pid) && !is_gone(pid) {
        if Instant::now() > deadline {
            bail!(
                "the supervisor (pid {pid}) did not stop within {DOWN_WITHIN:?}; kill it, and its children end with it"
            );
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Ended, even if its parent, which may be ourselves, has not yet asked how.
pub(crate) fn is_gone(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| {
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
    })
}
