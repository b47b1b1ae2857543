//! Cuts into merged segments: what spans take then, and what it costs to get there.

use std::time::{Duration, Instant};

use anyhow::ensure;
use naru_e2e::{Stack, Tenant, Usage, faults::lake};
use naru_ids::TenantId;

/// Nothing is merged while a load is measured: that is a figure of its own.
pub(crate) const NEVER: [(&str, &str); 1] = [("NARU_WRITER_COMPACT_AFTER_MS", "86400000")];
/// So that nobody need wait five minutes for a merge.
const SOON: [(&str, &str); 1] = [("NARU_WRITER_COMPACT_AFTER_MS", "1000")];
/// Ten million spans are merged in about a minute.
const MERGED_WITHIN: Duration = Duration::from_secs(1_800);

/// Starts the stack again, impatient, and waits until every cut is merged. CPU seconds of all processes meanwhile.
pub(crate) async fn all(stack: &Stack) -> anyhow::Result<f64> {
    stack.restart(&SOON)?;
    wait(stack).await?;
    let cpu_s = Usage::of(&stack.status()?)?.cpu_s();
    // As patient as anybody's: what comes while questions are asked is not merged with everything at once.
    stack.restart(&[])?;
    Ok(cpu_s)
}

/// Waits until every cut is merged.
pub(crate) async fn wait(stack: &Stack) -> anyhow::Result<()> {
    let lake = lake(stack).await?;
    let started = Instant::now();
    while lake.cuts().await? > 0 {
        ensure!(started.elapsed() < MERGED_WITHIN, "{} cuts are not merged", lake.cuts().await?);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

/// Segments of the tenant, rollups too, and the whole catalog.
pub(crate) async fn bytes(stack: &Stack, tenant: &Tenant) -> anyhow::Result<u64> {
    let lake = lake(stack).await?;
    let id = tenant.id.parse::<TenantId>()?.uuid();
    Ok(lake.segment_bytes(id).await? + lake.catalog_bytes().await?)
}
