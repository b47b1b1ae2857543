//! Parts of objects on a local disk, so that what lies in a bucket is fetched once.
//!
//! Holds what the bucket holds, sealed, under the tenant and the segment it belongs to. Nothing here is trusted: a file that
//! was cut or changed does not open, and is fetched again. Bounded in bytes; what was not used for longest goes first.

mod recent;

use std::{
    fs::{self, File},
    io,
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use bytes::Bytes;
use naru_ids::{SegmentId, TenantId};

use crate::{Error, seal::frames::Frames};
use recent::Recent;

/// Of an extent, in frames fetched and kept together, a file each. Fewer would be more requests, more would be more bytes
/// that nobody asked for.
const BLOCK_BYTES: u64 = 512 * 1024;
/// Of a file that is still being written.
const DRAFT: &str = "draft";

/// One block of one sealed extent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BlockId {
    pub(crate) tenant: TenantId,
    pub(crate) segment: SegmentId,
    /// Block `n` begins at byte `n` · [`block_bytes`] of the sealed extent.
    pub(crate) number: u64,
}

/// Of a whole block of an extent in such frames.
pub(crate) const fn block_bytes(frames: Frames) -> u64 {
    BLOCK_BYTES / frames.bytes() * frames.sealed_bytes()
}

/// A directory of blocks, of this process alone. Its files survive a restart.
#[derive(Debug)]
pub struct DiskCache {
    dir: PathBuf,
    held: Mutex<Recent>,
    drafts: AtomicU64,
}

impl DiskCache {
    /// Makes the directory when it is missing, and finds what is in it from before. At most `bytes_max` bytes of files
    /// are kept.
    pub fn open(dir: &Path, bytes_max: u64) -> Result<Self, Error> {
        let failed = |source| Error::Open { dir: dir.display().to_string(), source };
        fs::create_dir_all(dir).map_err(failed)?;
        let cache =
            Self { dir: dir.to_owned(), held: Mutex::new(Recent::new(bytes_max)), drafts: AtomicU64::new(0) };
        let mut found = found(dir).map_err(failed)?;
        found.sort_unstable();
        for (_, id, bytes) in found {
            cache.hold(id, bytes);
        }
        Ok(cache)
    }

    /// Bytes of the files that are kept.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.held().bytes()
    }

    /// Some bytes of each of these blocks; `None` for one that is not here whole. Blocks.
    pub(crate) fn read(&self, parts: &[(BlockId, u64, Range<u64>)]) -> Vec<Option<Bytes>> {
        let read = |(id, length, range): &(BlockId, u64, Range<u64>)| {
            self.held().touch(id)?;
            let part = self.part(id, *length, range);
            if part.is_err() {
                self.forget(id);
            }
            part.ok()
        };
        let read: Vec<Option<Bytes>> = parts.iter().map(read).collect();
        let hits = read.iter().flatten().count();
        metrics::counter!("lake_cache_hits_total").increment(hits as u64);
        metrics::counter!("lake_cache_misses_total").increment((read.len() - hits) as u64);
        read
    }

    fn part(&self, id: &BlockId, length: u64, range: &Range<u64>) -> io::Result<Bytes> {
        let file = File::open(self.file(id))?;
        if file.metadata()?.len() != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap_or(usize::MAX)];
        file.read_exact_at(&mut bytes, range.start)?;
        // So that the next process knows what was used last. If this fails, the block merely looks older.
        let _ = file.set_modified(SystemTime::now());
        Ok(bytes.into())
    }

    /// Keeps blocks. One that cannot be written is not kept, which costs its next reader a request. When others have filled
    /// the disk, older blocks go for it. Blocks.
    pub(crate) fn write(&self, blocks: &[(BlockId, Bytes)]) {
        for (id, bytes) in blocks {
            let mut put = self.put(id, bytes);
            if put.as_ref().is_err_and(is_full) {
                let gone = self.held().give_up(bytes.len() as u64);
                self.remove(&gone);
                put = self.put(id, bytes);
            }
            match put {
                Ok(()) => self.hold(*id, bytes.len() as u64),
                Err(error) => {
                    metrics::counter!("lake_cache_failures_total").increment(1);
                    tracing::debug!(path = %self.file(id).display(), %error, "a block is not kept");
                }
            }
        }
    }

    /// The file is whole or not there; that it survives a power cut is nothing anybody relies on.
    fn put(&self, id: &BlockId, bytes: &Bytes) -> io::Result<()> {
        let place = self.file(id);
        let draft = self.dir.join(format!("{}.{DRAFT}", self.drafts.fetch_add(1, Ordering::Relaxed)));
        let put = fs::write(&draft, bytes).and_then(|()| match fs::rename(&draft, &place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(self.dir.join(id.tenant.hex()))?;
                fs::rename(&draft, &place)
            }
            renamed => renamed,
        });
        if put.is_err() {
            // It counts towards no bound, and its bytes may be what the disk lacks.
            let _ = fs::remove_file(&draft);
        }
        put
    }

    fn hold(&self, id: BlockId, bytes: u64) {
        let gone = self.held().insert(id, bytes);
        self.remove(&gone);
    }

    /// The files of blocks that are kept no longer.
    fn remove(&self, gone: &[BlockId]) {
        metrics::gauge!("lake_cache_bytes").set(self.bytes() as f64);
        for id in gone {
            // What stays behind is found and removed at the next start.
            let _ = fs::remove_file(self.file(id));
        }
    }

    /// Does not keep this one: it is not what it should be.
    pub(crate) fn forget(&self, id: &BlockId) {
        self.held().remove(id);
        let _ = fs::remove_file(self.file(id));
    }

    fn file(&self, id: &BlockId) -> PathBuf {
        self.dir.join(id.tenant.hex()).join(format!("{}-{}", id.segment.hex(), id.number))
    }

    fn held(&self) -> MutexGuard<'_, Recent> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Blocks that an earlier process left, with the time of their last use. Drafts are removed; files that are none of ours
/// are left alone.
fn found(dir: &Path) -> io::Result<Vec<(SystemTime, BlockId, u64)>> {
    let mut blocks = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(&format!(".{DRAFT}")) {
            fs::remove_file(entry.path())?;
            continue;
        }
        let Some(tenant) = TenantId::from_hex(&name) else { continue };
        for file in fs::read_dir(entry.path())? {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            let place = name.split_once('-').and_then(|(segment, number)| {
                Some((SegmentId::from_hex(segment)?, number.parse::<u64>().ok()?))
            });
            let (Some((segment, number)), metadata) = (place, file.metadata()?) else { continue };
            blocks.push((metadata.modified()?, BlockId { tenant, segment, number }, metadata.len()));
        }
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests;
