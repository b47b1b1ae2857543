//! The moment between fork and exec, as a program of its own.
//!
//! What must be set in the child itself — its user, its limits, the signal it gets when the supervisor is killed — needs
//! unsafe code when done between fork and exec. So the supervisor starts this launcher again, which sets them with
//! safe calls and then becomes the program: same pid, nothing left in between.

use std::{convert::Infallible, os::unix::process::CommandExt, process::Command, str::FromStr};

use anyhow::{Context, bail};
use nix::{
    sys::{
        prctl,
        resource::{Resource, getrlimit, setrlimit},
        signal::{SigSet, SigmaskHow, Signal, sigprocmask},
    },
    unistd::{Pid, User, getppid, initgroups, setgid, setuid},
};

use crate::cli::ExecChildOptions;

/// Sockets and segments of a busy stack; many machines start with a soft limit of 1024.
const OPEN_FILES: u64 = 65_536;

pub(crate) fn run(options: &ExecChildOptions) -> anyhow::Result<Infallible> {
    // The supervisor blocks the signals it waits for, and a mask survives exec.
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None).context("unblocking signals")?;
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).context("reading the limit of open files")?;
    setrlimit(Resource::RLIMIT_NOFILE, soft.max(hard.min(OPEN_FILES)), hard)
        .context("raising the limit of open files")?;
    if let Some(name) = &options.user {
        become_user(name)?;
    }
    // After the change of user, which clears it.
    let signal = Signal::from_str(&options.death_signal)?;
    prctl::set_pdeathsig(signal).context("asking to end with the supervisor")?;
    if getppid() != Pid::from_raw(options.parent) {
        bail!("the supervisor is gone already");
    }
    let (program, args) = options.command.split_first().context("no program given")?;
    let error = Command::new(program).args(args).exec();
    Err(error).with_context(|| format!("starting {}", program.display()))
}

fn become_user(name: &str) -> anyhow::Result<()> {
    let user = User::from_name(name)?.with_context(|| format!("there is no user {name:?}"))?;
    let c_name = std::ffi::CString::new(name)?;
    initgroups(&c_name, user.gid).with_context(|| format!("taking the groups of {name}"))?;
    setgid(user.gid).with_context(|| format!("taking the group of {name}"))?;
    setuid(user.uid).with_context(|| format!("becoming {name}"))
}
