//! Room on the disk: asked before something long begins that would end without a word when there is none.

use std::path::Path;

use anyhow::{Context, bail};
use nix::sys::statvfs::statvfs;

const MIB: u64 = 1024 * 1024;

/// Bytes that a user who is not root may still write where `path` lies.
pub(crate) fn free_bytes(path: &Path) -> anyhow::Result<u64> {
    let disk = statvfs(path).with_context(|| format!("asking how much is free at {}", path.display()))?;
    Ok(disk.blocks_available().saturating_mul(disk.fragment_size()))
}

/// An error that says how much is missing, when fewer than `least_bytes` are free where `path` lies.
pub(crate) fn refuse_full(path: &Path, least_bytes: u64) -> anyhow::Result<()> {
    let free = free_bytes(path)?;
    if free < least_bytes {
        bail!(
            "only {} MiB are free where {} lies; at least {} are needed",
            free / MIB,
            path.display(),
            least_bytes / MIB
        );
    }
    Ok(())
}
