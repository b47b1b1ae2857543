//! From kill -9 to a complete answer about what was stored before.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use naru_e2e::{Stack, Tenant};
use naru_load::drive::now_ms;
use nix::{sys::signal::Signal, unistd::Pid};

const BACK_WITHIN: Duration = Duration::from_secs(60);

pub(crate) async fn seconds(stack: &Stack, tenant: &Tenant) -> anyhow::Result<f64> {
    let status = stack.status()?;
    let pid = status.services.get("query").and_then(|query| query.pid).context("query has no pid")?;
    nix::sys::signal::kill(Pid::from_raw(pid), Signal::SIGKILL)?;
    let started = Instant::now();
    until_complete(tenant).await?;
    Ok(started.elapsed().as_secs_f64())
}

/// Until an answer about the last hour misses nothing.
pub(crate) async fn until_complete(tenant: &Tenant) -> anyhow::Result<()> {
    let (started, query) = (Instant::now(), tenant.apm.with_token(&tenant.token));
    while !is_serving(&query, &tenant.project).await {
        ensure!(started.elapsed() < BACK_WITHIN, "no complete answer {BACK_WITHIN:?} after a kill");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn is_serving(query: &naru_e2e::Client, project: &str) -> bool {
    let (from, to) = (now_ms() - 3_600_000, now_ms());
    let path = format!("/api/v1/projects/{project}/transactions?from={from}&to={to}&limit=1");
    let Ok(Ok(list)) = query.get(&path).await.map(|answer| answer.json()) else { return false };
    let is_empty = |field: &str| list[field].as_array().is_some_and(Vec::is_empty);
    is_empty("incomplete") && !is_empty("transactions")
}
