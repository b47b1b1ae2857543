//! Cuts into merged segments: what spans take then, and what it costs to get there.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use naru_e2e::{Stack, Tenant, Usage};
use naru_load::store::LakeReader;

/// So that nobody need wait five minutes for a merge.
const SOON: [(&str, &str); 1] = [("NARU_WRITER_COMPACT_AFTER_MS", "1000")];
/// Ten million spans are merged in about a minute.
const MERGED_WITHIN: Duration = Duration::from_secs(1_800);

pub(crate) struct Merged {
    /// Segments of the tenant, rollups too, and the whole catalog.
    pub(crate) bytes: u64,
    /// Of all processes, from their start until no cut was left.
    pub(crate) cpu_s: f64,
}

/// Starts the stack again, impatient, and waits until every cut is merged.
pub(crate) async fn all(stack: &Stack, tenant: &Tenant) -> anyhow::Result<Merged> {
    stack.restart(&SOON)?;
    let lake = lake(stack).await?;
    let started = Instant::now();
    while lake.cuts().await? > 0 {
        ensure!(started.elapsed() < MERGED_WITHIN, "{} cuts are not merged", lake.cuts().await?);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let bytes = lake.segment_bytes(tenant.id.parse()?).await? + lake.catalog_bytes().await?;
    Ok(Merged { bytes, cpu_s: Usage::of(&stack.status()?)?.cpu_s() })
}

async fn lake(stack: &Stack) -> anyhow::Result<LakeReader> {
    let secrets = stack.data().join("secrets");
    let url =
        std::fs::read_to_string(secrets.join("superuser-url")).context("reading the superuser's URL")?;
    LakeReader::connect(url.trim(), &stack.lake_dir(), &secrets.join("lake-key")).await
}
