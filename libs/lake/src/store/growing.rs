//! An object that is written piece by piece, and there, whole and durable, only when it is finished.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path as FsPath, PathBuf},
};

use object_store::path::Path;

use super::bucket::Bucket;
use crate::Error;

const BUFFER_BYTES: usize = 1 << 20;

/// On a disk, written beside its place under a name that lists hide (`<name>#1`), then linked there. For a bucket,
/// written to a local file without a name, then sent. Dropped unfinished, it is gone; what a killed process left is swept
/// like any half-written object.
#[derive(Debug)]
pub struct Growing {
    path: Path,
    file: BufWriter<File>,
    length: u64,
    end: End,
}

/// Where it goes when it is finished.
#[derive(Debug)]
enum End {
    Disk(Staged),
    Bucket(Bucket),
}

/// A file's first name.
#[derive(Debug)]
struct Staged {
    root: PathBuf,
    name: PathBuf,
}

impl Growing {
    pub(super) fn on_disk(root: &FsPath, path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Sync { path: path.to_string(), source };
        let name = root.join(format!("{path}#1"));
        if let Some(dir) = name.parent() {
            fs::create_dir_all(dir).map_err(failed)?;
        }
        // Names hold a fresh id, so nobody else writes here.
        let file = File::create_new(&name).map_err(failed)?;
        Ok(Self::new(path, file, End::Disk(Staged { root: root.to_owned(), name })))
    }

    pub(super) fn for_bucket(bucket: Bucket, staging_dir: &FsPath, path: &Path) -> Result<Self, Error> {
        let nameless = || {
            fs::create_dir_all(staging_dir)?;
            let name = staging_dir.join(format!("{:032x}", rand::random::<u128>()));
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(&name)?;
            // It goes with the process, however that ends.
            fs::remove_file(&name)?;
            Ok(file)
        };
        let file =
            nameless().map_err(|source| Error::Open { dir: staging_dir.display().to_string(), source })?;
        Ok(Self::new(path, file, End::Bucket(bucket)))
    }

    fn new(path: &Path, file: File, end: End) -> Self {
        let file = BufWriter::with_capacity(BUFFER_BYTES, file);
        Self { path: path.clone(), file, length: 0, end }
    }

    /// Where it will be.
    #[must_use]
    pub fn path(&self) -> String {
        self.path.to_string()
    }

    /// Makes it durable and gives it its name. Errs when the name is taken.
    pub async fn finish(mut self) -> Result<u64, Error> {
        let failed = |source| Error::Sync { path: self.path.to_string(), source };
        self.file.flush().map_err(failed)?;
        match &self.end {
            End::Disk(staged) => staged.link(self.file.get_ref(), &self.path).map_err(failed)?,
            End::Bucket(bucket) => {
                let sent = bucket.upload(&self.path, self.file.get_ref(), self.length).await;
                sent.map_err(|source| Error::Put { path: self.path.to_string(), source })?;
            }
        }
        Ok(self.length)
    }
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Staged {
    fn link(&self, file: &File, path: &Path) -> io::Result<()> {
        let place = self.root.join(path.as_ref());
        file.sync_all()?;
        fs::hard_link(&self.name, &place)?;
        super::sync_upwards(&self.root, &place)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // The second name of a finished object, or all of an unfinished one. If this fails, the sweep finds it.
        let _ = fs::remove_file(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use object_store::ObjectStoreExt;

    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn an_object_is_there_when_it_is_finished_and_not_before() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::on_disk(dir.path()).unwrap();
        let path = Path::from("tenants/a/b.segment");
        let mut growing = store.begin(&path).unwrap();
        growing.write_all(b"ab").unwrap();
        growing.write_all(b"c").unwrap();
        assert!(store.list("tenants").await.unwrap().is_empty());
        assert_eq!(growing.finish().await.unwrap(), 3);
        assert_eq!(store.reader().get(&path).await.unwrap().bytes().await.unwrap(), "abc");

        let again = store.begin(&path).unwrap();
        assert!(again.finish().await.is_err(), "the name is taken");
        let left: Vec<_> = fs::read_dir(dir.path().join("tenants/a")).unwrap().collect();
        assert_eq!(left.len(), 1);
    }
}
