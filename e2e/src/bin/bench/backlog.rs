//! A writer that was away: how fast it catches up.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use anyhow::Context;
use naru_e2e::{Stack, Tenant};
use naru_load::{
    drive::{Progress, drive},
    ledger::Ledger,
};
use nix::{sys::signal::Signal, unistd::Pid};

use crate::{Args, load, load::Loaded, restart};

const AWAY_S: u64 = 20;

/// Stops the writer while spans come in, kills it, and waits until all of them are in an answer that misses nothing. How
/// many times faster than they came.
pub(crate) async fn times_live_rate(
    stack: &Stack,
    tenant: &Tenant,
    loaded: &Loaded,
    args: &Args,
) -> anyhow::Result<f64> {
    let status = stack.status()?;
    let pid = status.services.get("writer").and_then(|writer| writer.pid).context("writer has no pid")?;
    let writer = Pid::from_raw(pid);
    nix::sys::signal::kill(writer, Signal::SIGSTOP)?;
    let (corpus, fleet) = (Arc::clone(&loaded.corpus), load::fleet(&status, tenant)?);
    let plan = load::plan(args, &corpus, loaded.requests, args.spans_per_s * AWAY_S);
    let progress = Arc::new(Progress::default());
    let sent = drive(plan, corpus, fleet.into(), Arc::new(Ledger::nowhere()), Arc::clone(&progress)).await;
    // Whatever became of the load: nobody else ends a process that is stopped.
    nix::sys::signal::kill(writer, Signal::SIGKILL)?;
    sent?;
    let killed = Instant::now();
    restart::until_complete(tenant).await?;
    let drained_per_s =
        progress.acknowledged_items.load(Ordering::Relaxed) as f64 / killed.elapsed().as_secs_f64();
    Ok(drained_per_s / args.spans_per_s as f64)
}
