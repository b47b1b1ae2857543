//! Objects on a local disk or in an S3 bucket: created once, durable when [`Store::create`] returns, never changed.

mod bucket;
mod credentials;
mod disk;
mod growing;
mod place;
mod staged;
mod uploads;

use std::{
    fs::File,
    path::{Path as FsPath, PathBuf},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use bytes::Bytes;
use futures::TryStreamExt;
use naru_ids::UnixMs;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, path::Path};

use crate::Error;
use bucket::{Bucket, Patience};
use disk::Disk;
use place::Place;

pub use credentials::CredentialsError;
pub use growing::Growing;
pub use place::Options;
pub use uploads::UploadsError;

/// The lake's objects. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    home: Home,
}

/// What plain objects do not say: how names are made durable, and where large objects grow.
#[derive(Debug, Clone)]
enum Home {
    Disk { root: PathBuf },
    Bucket { bucket: Bucket, staging_dir: PathBuf },
}

/// The lake's objects for a reader. On a disk, the directory must be there already.
pub fn open_read(options: &Options) -> Result<Arc<dyn ObjectStore>, Error> {
    match options.place()? {
        Place::Disk(dir) => {
            let disk = Disk::open(&dir)
                .map_err(|source| Error::OpenStore { place: dir.display().to_string(), source })?;
            Ok(Arc::new(disk))
        }
        Place::Bucket(place) => Ok(Bucket::open(&place, Patience::READER)?.objects()),
    }
}

impl Store {
    /// On a disk, makes the directory when it is missing. In a bucket, nothing is asked yet.
    pub fn open(options: &Options) -> Result<Self, Error> {
        match options.place()? {
            Place::Disk(dir) => Self::on_disk(&dir),
            Place::Bucket(place) => {
                let bucket = Bucket::open(&place, Patience::WRITER)?;
                let (objects, staging_dir) = (bucket.objects(), options.staging_dir.clone());
                Ok(Self { objects, home: Home::Bucket { bucket, staging_dir } })
            }
        }
    }

    /// The objects under a directory.
    pub fn on_disk(dir: &FsPath) -> Result<Self, Error> {
        let name = || dir.display().to_string();
        let open = |source| Error::Open { dir: name(), source };
        std::fs::create_dir_all(dir).map_err(open)?;
        let root = dir.canonicalize().map_err(open)?;
        let disk = Disk::open(&root).map_err(|source| Error::OpenStore { place: name(), source })?;
        Ok(Self { objects: Arc::new(disk), home: Home::Disk { root } })
    }

    /// The same objects as a plain `ObjectStore`, for reading.
    #[must_use]
    pub fn reader(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.objects)
    }

    /// Asks whether a name that is taken is refused, by making a small object twice. A disk always refuses; a server
    /// that does not know `If-None-Match` would overwrite what rows point to, so nothing should start on one.
    pub async fn check(&self) -> Result<(), Error> {
        let Home::Bucket { bucket, .. } = &self.home else { return Ok(()) };
        // If this process ends in between, it is collected like everything that no row points to.
        let path = Path::from(format!("cuts/probe-{:032x}", rand::random::<u128>()));
        self.create(&path, vec![Bytes::from_static(b"1")]).await?;
        let again = self.create(&path, vec![Bytes::from_static(b"2")]).await;
        let deleted = self.delete(&path).await;
        match again {
            Err(Error::Put { source: object_store::Error::AlreadyExists { .. }, .. }) => deleted,
            Err(error) => Err(error),
            Ok(()) => Err(Error::Overwrites { place: bucket.name().to_owned() }),
        }
    }

    /// Stores a new object and returns when it survives a power cut. Errs when the path is taken.
    ///
    /// After an error the object may be there, in part or whole: nobody points to it, and it is collected later.
    pub async fn create(&self, path: &Path, chunks: Vec<Bytes>) -> Result<(), Error> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        self.objects
            .put_opts(path, PutPayload::from_iter(chunks), options)
            .await
            .map_err(|source| Error::Put { path: path.to_string(), source })?;
        let Home::Disk { root } = &self.home else { return Ok(()) };
        // LocalFileSystem 0.13 does not fsync. Nothing points to the object yet, so syncing afterwards is as good.
        let failed = |source| Error::Sync { path: path.to_string(), source };
        let (root, file) = (root.clone(), root.join(path.as_ref()));
        let synced = tokio::task::spawn_blocking(move || sync_upwards(&root, &file)).await;
        synced.map_err(|error| failed(std::io::Error::other(error)))?.map_err(failed)
    }

    /// Begins an object that is too large to be held in memory. Blocks, as all of [`Growing`] does.
    pub fn begin(&self, path: &Path) -> Result<Growing, Error> {
        match &self.home {
            Home::Disk { root } => Growing::on_disk(root, path),
            Home::Bucket { bucket, staging_dir } => Growing::for_bucket(bucket.clone(), staging_dir, path),
        }
    }

    /// Deletes an object; one that is gone already is no error.
    pub async fn delete(&self, path: &Path) -> Result<(), Error> {
        match self.objects.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(Error::Delete { path: path.to_string(), source }),
        }
    }

    /// Deletes what a killed process left of objects it was writing, as far as it was last touched before `before`.
    pub async fn sweep_staged(&self, prefix: &str, before: UnixMs) -> Result<(), Error> {
        let root = match &self.home {
            Home::Bucket { bucket, .. } => return uploads::sweep(bucket, prefix, before).await,
            Home::Disk { root } => root,
        };
        let dir = root.join(prefix);
        let before = UNIX_EPOCH + Duration::from_millis(before.0);
        let failed = |source| Error::Sweep { prefix: prefix.to_owned(), source };
        let swept = tokio::task::spawn_blocking(move || staged::sweep(&dir, before)).await;
        swept.map_err(|error| failed(std::io::Error::other(error)))?.map_err(failed)
    }

    /// Every object under a prefix.
    pub async fn list(&self, prefix: &str) -> Result<Vec<ObjectMeta>, Error> {
        self.objects.list(Some(&Path::from(prefix))).try_collect().await.map_err(Error::List)
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
        let store = Store::on_disk(&dir.path().join("lake")).unwrap();
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
