//! An object that is written piece by piece, and there, whole and durable, only when it is finished.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path as FsPath, PathBuf},
};

use object_store::path::Path;

use crate::Error;

/// Written beside its place under a name that lists hide (`<name>#1`), then linked there. Dropped unfinished, it is gone;
/// what a killed process left is swept like any half-written object.
#[derive(Debug)]
pub struct Growing {
    root: PathBuf,
    path: Path,
    staged: PathBuf,
    file: BufWriter<File>,
    length: u64,
}

impl Growing {
    pub(super) fn begin(root: &FsPath, path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Sync { path: path.to_string(), source };
        let staged = root.join(format!("{path}#1"));
        if let Some(dir) = staged.parent() {
            fs::create_dir_all(dir).map_err(failed)?;
        }
        // Names hold a fresh id, so nobody else writes here.
        let file = File::create_new(&staged).map_err(failed)?;
        let file = BufWriter::with_capacity(1 << 20, file);
        Ok(Self { root: root.to_owned(), path: path.clone(), staged, file, length: 0 })
    }

    /// Where it will be.
    #[must_use]
    pub fn path(&self) -> String {
        self.path.to_string()
    }

    /// Makes it durable and gives it its name. Errs when the name is taken.
    pub fn finish(mut self) -> Result<u64, Error> {
        let place = self.root.join(self.path.as_ref());
        let link = |file: &mut BufWriter<File>| {
            file.flush()?;
            file.get_ref().sync_all()?;
            fs::hard_link(&self.staged, &place)?;
            super::sync_upwards(&self.root, &place)
        };
        link(&mut self.file).map_err(|source| Error::Sync { path: self.path.to_string(), source })?;
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

impl Drop for Growing {
    fn drop(&mut self) {
        // The second name of a finished object, or all of an unfinished one. If this fails, the sweep finds it.
        let _ = fs::remove_file(&self.staged);
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
        let store = Store::open(dir.path()).unwrap();
        let path = Path::from("tenants/a/b.segment");
        let mut growing = store.begin(&path).unwrap();
        growing.write_all(b"ab").unwrap();
        growing.write_all(b"c").unwrap();
        assert!(store.list("tenants").await.unwrap().is_empty());
        assert_eq!(growing.finish().unwrap(), 3);
        assert_eq!(store.reader().get(&path).await.unwrap().bytes().await.unwrap(), "abc");

        let again = store.begin(&path).unwrap();
        assert!(again.finish().is_err(), "the name is taken");
        let left: Vec<_> = fs::read_dir(dir.path().join("tenants/a")).unwrap().collect();
        assert_eq!(left.len(), 1);
    }
}
