//! Objects on a disk. What the kernel has in memory of them is read where it is asked for; the rest is waited for elsewhere.
//!
//! `object_store` hands every read to another thread, since a disk may let it wait. Of a lake most reads wait for nothing, and
//! being handed over and back takes longer than they do: a list of a day reads a few pages of some hundred row groups.

use std::{
    fmt,
    fs::File,
    io::IoSliceMut,
    ops::Range,
    path::{Path as FsPath, PathBuf},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, local::LocalFileSystem,
    path::Path,
};
use rustix::io::{ReadWriteFlags, preadv2};

/// Larger reads are handed over: copying them is work, too.
const AT_ONCE_BYTES_MAX: u64 = 4 << 20;

/// A directory as a store.
#[derive(Debug)]
pub(super) struct Disk {
    files: LocalFileSystem,
    root: PathBuf,
}

impl Disk {
    pub(super) fn open(root: &FsPath) -> Result<Self> {
        let files = LocalFileSystem::new_with_prefix(root)?;
        // What it knows the directory as, too, whatever becomes of links to it.
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        Ok(Self { files, root })
    }

    /// `None` when that would take waiting, or went wrong in any way: whoever reads the slow way finds out in which.
    fn read_at_once(&self, location: &Path, ranges: &[Range<u64>]) -> Option<Vec<Bytes>> {
        let total: u64 = ranges.iter().map(|range| range.end.saturating_sub(range.start)).sum();
        if total > AT_ONCE_BYTES_MAX {
            return None;
        }
        let file = File::open(self.root.join(location.as_ref())).ok()?;
        ranges.iter().map(|range| in_memory(&file, range)).collect()
    }
}

fn in_memory(file: &File, range: &Range<u64>) -> Option<Bytes> {
    let length = usize::try_from(range.end.checked_sub(range.start)?).ok()?;
    let mut bytes = vec![0; length];
    let mut read = 0;
    while read < length {
        let (rest, at) = (&mut [IoSliceMut::new(&mut bytes[read..])], range.start + read as u64);
        match preadv2(file, rest, at, ReadWriteFlags::NOWAIT) {
            Ok(more) if more > 0 => read += more,
            _ => return None,
        }
    }
    Some(bytes.into())
}

impl fmt::Display for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Disk {
    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        match self.read_at_once(location, ranges) {
            Some(read) => {
                // Whoever reads on and on must still be stopped, and let others have a turn.
                tokio::task::consume_budget().await;
                Ok(read)
            }
            None => self.files.get_ranges(location, ranges).await,
        }
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.files.get_opts(location, options).await
    }

    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.files.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.files.put_multipart_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.files.rename_opts(from, to, options).await
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use object_store::ObjectStoreExt;

    use super::*;

    #[tokio::test]
    async fn ranges_are_read_as_they_lie_and_what_is_not_there_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let (disk, path) = (Disk::open(dir.path()).unwrap(), Path::from("tenants/a b/1.segment"));
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        disk.put(&path, bytes.clone().into()).await.unwrap();
        let ranges = [0..10, 70_000..140_000, 199_999..200_000, 5..5];
        let expected: Vec<&[u8]> = ranges.iter().map(|range| &bytes[range.start..range.end]).collect();
        let ranges = ranges.map(|range| range.start as u64..range.end as u64);

        assert_eq!(disk.get_ranges(&path, &ranges).await.unwrap(), expected);
        // Just written, so in memory: where the file system can tell, it is read at once.
        let file = File::open(dir.path().join(path.as_ref())).unwrap();
        let can_tell = preadv2(&file, &mut [IoSliceMut::new(&mut [0])], 0, ReadWriteFlags::NOWAIT).is_ok();
        let at_once = disk.read_at_once(&path, &ranges);
        assert_eq!(at_once.is_some(), can_tell);
        assert!(at_once.is_none_or(|read| read == expected));
        assert!(disk.get_ranges(&path, slice::from_ref(&(199_990..200_001))).await.is_err());
        assert!(disk.read_at_once(&path, slice::from_ref(&(0..AT_ONCE_BYTES_MAX + 1))).is_none());
        let nowhere = disk.get_ranges(&Path::from("nowhere"), slice::from_ref(&(0..1))).await;
        assert!(matches!(nowhere, Err(object_store::Error::NotFound { .. })));
    }
}
