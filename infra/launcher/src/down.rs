//! `./dev down` and `./dev reset`.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use nix::{sys::signal::Signal, unistd::Pid};

use crate::{cli::Select, place, stack::Stack};

/// Services drain, then Postgres, Redis and NATS end.
const DOWN_WITHIN: Duration = Duration::from_secs(60);

pub(crate) fn down(select: &Select) -> anyhow::Result<()> {
    let stack = Stack::find(select)?;
    if !stack.is_supervisor(stack.status()?.supervisor) {
        say!("nothing runs in {}", stack.data.display());
        return Ok(());
    }
    stop(&stack)?;
    say!("stopped; the data stays in {}", stack.data.display());
    Ok(())
}

/// Tells the supervisor and waits until it and all its children are gone.
pub(crate) fn stop(stack: &Stack) -> anyhow::Result<()> {
    let pid = stack.status()?.supervisor;
    if !stack.is_supervisor(pid) {
        return Ok(());
    }
    nix::sys::signal::kill(Pid::from_raw(pid), Signal::SIGTERM).context("telling the supervisor to stop")?;
    let deadline = Instant::now() + DOWN_WITHIN;
    while stack.is_supervisor(pid) && !is_gone(pid) {
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

pub(crate) fn reset(select: &Select) -> anyhow::Result<()> {
    let data = place::data(select)?;
    if let Ok(stack) = Stack::find(select) {
        stop(&stack)?;
        place::unregister(stack.ports.base, &data);
    }
    if !data.join("stack.json").exists() && data.exists() && !data.join("secrets").exists() {
        bail!("{} does not look like the data of a stack, so it is left alone", data.display());
    }
    let postgres = place::postgres_dir(&data);
    if postgres.exists() {
        remove(&postgres)?;
        // As root it may lie elsewhere, in a folder of its own.
        if let Some(parent) = postgres.parent().filter(|parent| *parent != data) {
            let _ = fs::remove_dir(parent);
        }
    }
    if data.exists() {
        empty(&data)?;
    }
    say!("removed {}", data.display());
    Ok(())
}

/// Removes what belongs to this stack, and the folder itself when nothing else is in it.
fn empty(data: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(data).with_context(|| format!("reading {}", data.display()))? {
        let entry = entry?;
        if !entry.file_name().to_str().is_some_and(place::is_of_others) {
            remove(&entry.path())?;
        }
    }
    // Fails when other stacks lie in it, which is why it stays then.
    let _ = fs::remove_dir(data);
    Ok(())
}

fn remove(path: &Path) -> anyhow::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.with_context(|| format!("removing {}", path.display()))
}
