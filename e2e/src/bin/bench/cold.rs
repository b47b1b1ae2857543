//! Traces that nobody has looked at since the start, from a disk that has forgotten them.

use std::{fs::File, path::Path};

use anyhow::Context;
use naru_e2e::{Stack, Tenant};
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};

use crate::{
    load::Loaded,
    reads::{Asker, QUESTIONS, at},
    trickle::Trickle,
};

/// The 99th percentile, ms. Filters are in memory, as on any node that has answered before.
pub(crate) async fn traces(stack: &Stack, tenant: &Tenant, loaded: &Loaded) -> anyhow::Result<f64> {
    stack.restart(&[])?;
    let trickle = Trickle::begin(stack, tenant, &loaded.corpus, 2).await?;
    let mut asker = Asker::new(stack, tenant, 11)?;
    asker.strange_traces(1).await?;
    let mut ms = Vec::new();
    for _ in 0..QUESTIONS {
        forget(&stack.lake_dir())?;
        let id = asker.any_trace(loaded).context("a request has traces")?;
        ms.extend(asker.traces(&[id], 200).await?);
    }
    trickle.end().await?;
    Ok(at(ms, 0.99))
}

/// Takes every file below from the page cache.
fn forget(dir: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            forget(&entry.path())?;
        } else {
            let file = File::open(entry.path())?;
            posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
        }
    }
    Ok(())
}
