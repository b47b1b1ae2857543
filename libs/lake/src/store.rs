//! Objects on the local disk: created once, durable when [`Store::create`] returns, never changed.

mod growing;
mod staged;

use std::{
    fs::File,
    path::{Path as FsPath, PathBuf},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use bytes::Bytes;
use futures::TryStreamExt;
use naru_ids::UnixMs;
use object_store::{
    ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, local::LocalFileSystem,
    path::Path,
};

pub use growing::Growing;

use crate::Error;

/// The lake's objects under one directory. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    disk: Arc<LocalFileSystem>,
    root: PathBuf,
}

/// The lake's objects for a reader: the directory must be there already.
pub fn open_read(dir: &FsPath) -> Result<Arc<dyn ObjectStore>, Error> {
    let disk = LocalFileSystem::new_with_prefix(dir)
        .map_err(|source| Error::OpenStore { dir: dir.display().to_string(), source })?;
    Ok(Arc::new(disk))
}

impl Store {
    /// Makes the directory when it is missing.
    pub fn open(dir: &FsPath) -> Result<Self, Error> {
        let name = || dir.display().to_string();
        let open = |source| Error::Open { dir: name(), source };
        std::fs::create_dir_all(dir).map_err(open)?;
        let root = dir.canonicalize().map_err(open)?;
        let disk = LocalFileSystem::new_with_prefix(&root)
            .map_err(|source| Error::OpenStore { dir: name(), source })?;
        Ok(Self { disk: Arc::new(disk), root })
    }

    /// The same objects as a plain `ObjectStore`, for reading.
    #[must_use]
    pub fn reader(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.disk) as Arc<dyn ObjectStore>
    }

    /// Stores a new object and returns when it survives a power cut. Errs when the path is taken.
    ///
    /// After an error the object may be there, in part or whole: nobody points to it, and it is collected later.
    pub async fn create(&self, path: &Path, chunks: Vec<Bytes>) -> Result<(), Error> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        self.disk
            .put_opts(path, PutPayload::from_iter(chunks), options)
            .await
            .map_err(|source| Error::Put { path: path.to_string(), source })?;
        // LocalFileSystem 0.13 does not fsync. Nothing points to the object yet, so syncing afterwards is as good.
        let failed = |source| Error::Sync { path: path.to_string(), source };
        let (root, file) = (self.root.clone(), self.root.join(path.as_ref()));
        let synced = tokio::task::spawn_blocking(move || sync_upwards(&root, &file)).await;
        synced.map_err(|error| failed(std::io::Error::other(error)))?.map_err(failed)
    }

    /// Begins an object that is too large to be held in memory. Blocks, as all of [`Growing`] does.
    pub fn begin(&self, path: &Path) -> Result<Growing, Error> {
        Growing::begin(&self.root, path)
    }

    /// Deletes an object; one that is gone already is no error.
    pub async fn delete(&self, path: &Path) -> Result<(), Error> {
        match self.disk.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(Error::Delete { path: path.to_string(), source }),
        }
    }

    /// Deletes what a killed process left of objects it was writing, as far as it was last touched before `before`.
    pub async fn sweep_staged(&self, prefix: &str, before: UnixMs) -> Result<(), Error> {
        let dir = self.root.join(prefix);
        let before = UNIX_EPOCH + Duration::from_millis(before.0);
        let failed = |source| Error::Sweep { prefix: prefix.to_owned(), source };
        let swept = tokio::task::spawn_blocking(move || staged::sweep(&dir, before)).await;
        swept.map_err(|error| failed(std::io::Error::other(error)))?.map_err(failed)
    }

    /// Every object under a prefix.
    pub async fn list(&self, prefix: &str) -> Result<Vec<ObjectMeta>, Error> {
        self.disk.list(Some(&Path::from(prefix))).try_collect().await.map_err(Error::List)
    }
}

/// Syncs the file, and every directory from its own up to the root: a new name is durable only with its directory.
fn sync_upwards(root: &FsPath, file: &FsPath) -> std::io::Result<()> {
    File::open(file)?.sync_all()?;
    for dir in file.ancestors().skip(1).take_while(|dir| dir.starts_with(root)) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_object_is_created_once_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("lake")).unwrap();
        let path = Path::from("cuts/2026-11-21/00/a.bundle");
        store.create(&path, vec![Bytes::from_static(b"ab"), Bytes::from_static(b"c")]).await.unwrap();

        let again = store.create(&path, vec![Bytes::from_static(b"x")]).await;

        assert!(matches!(again, Err(Error::Put { .. })));
        assert_eq!(store.reader().get(&path).await.unwrap().bytes().await.unwrap(), "abc");
        assert_eq!(store.list("cuts").await.unwrap().len(), 1);
        store.delete(&path).await.unwrap();
        store.delete(&path).await.unwrap();
        assert_eq!(store.list("cuts").await.unwrap().len(), 0);
    }
}
