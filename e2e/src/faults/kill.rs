//! kill -9, in an order of chance, every process as often as every other.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context;
use nix::{sys::signal::Signal, unistd::Pid};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

use super::eventually;
use crate::Stack;

/// Who may die. HAProxy too: clients resend.
const VICTIMS: [&str; 10] =
    ["ingest", "writer", "query", "license", "console", "metering", "nats", "postgres", "redis", "haproxy"];
/// A little goodput between two faults.
const BREATH: Duration = Duration::from_millis(700);

pub(super) struct Killer {
    dice: StdRng,
    /// Who is still to die in this round.
    round: Vec<&'static str>,
    by_name: BTreeMap<&'static str, u32>,
}

impl Killer {
    pub(super) fn new(seed: u64) -> Self {
        Self { dice: StdRng::seed_from_u64(seed), round: Vec::new(), by_name: BTreeMap::new() }
    }

    pub(super) fn kills(&self) -> usize {
        self.by_name.values().map(|&times| times as usize).sum()
    }

    pub(super) fn by_name(self) -> BTreeMap<&'static str, u32> {
        self.by_name
    }

    /// Kills one and waits until the stack is ready again, so that recovery is part of the promise.
    pub(super) async fn kill_next(&mut self, stack: &Stack, say: impl Fn(&str)) -> anyhow::Result<()> {
        if self.round.is_empty() {
            self.round = VICTIMS.to_vec();
            self.round.shuffle(&mut self.dice);
        }
        let victim = self.round.pop().context("a round has victims")?;
        *self.by_name.entry(victim).or_default() += 1;
        say(&format!("kill {}: {victim}", self.kills()));
        kill(stack, victim).await?;
        tokio::time::sleep(BREATH).await;
        Ok(())
    }
}

/// Kills one and waits until the stack is ready again.
pub(super) async fn kill(stack: &Stack, victim: &str) -> anyhow::Result<()> {
    let pid = stack.status()?.pid(victim)?;
    signal(pid, Signal::SIGKILL)?;
    eventually(&format!("{victim} is back"), || async {
        let Ok(status) = stack.status() else { return false };
        status.state == "ready" && status.pid(victim).is_ok_and(|now| now != pid)
    })
    .await
}

pub(super) fn signal(pid: i32, signal: Signal) -> anyhow::Result<()> {
    Ok(nix::sys::signal::kill(Pid::from_raw(pid), signal)?)
}
