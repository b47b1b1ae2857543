//! A disk so small that a test can fill it.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::Command,
};

const BYTES: &str = "size=1m";
const PAGE_BYTES: u64 = 4_096;

/// A file system of its own in memory; gone when dropped.
pub(crate) struct SmallDisk {
    dir: PathBuf,
}

impl SmallDisk {
    /// At `dir`. `None` when the kernel lets this user mount nothing, which it says.
    #[expect(clippy::print_stderr, reason = "a test that cannot run must say so")]
    pub(crate) fn mount(dir: &Path) -> Option<Self> {
        fs::create_dir_all(dir).unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", BYTES, "tmpfs"]).arg(dir).output().unwrap();
        if !mount.status.success() {
            eprintln!("no disk to fill: {}", String::from_utf8_lossy(&mount.stderr));
            return None;
        }
        Some(Self { dir: dir.to_owned() })
    }

    /// Leaves room for the beginning of a file, and no more.
    pub(crate) fn fill(&self) {
        let mut file = File::create(self.filler()).unwrap();
        let mut length = 0;
        let full = loop {
            match file.write(&[0; 4_096]) {
                Ok(written) => length += written as u64,
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        file.set_len(length - PAGE_BYTES).unwrap();
    }

    /// Makes room again.
    pub(crate) fn clear(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    /// Files besides what fills it.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = files(&self.dir);
        files.retain(|file| *file != self.filler());
        files
    }

    fn filler(&self) -> PathBuf {
        self.dir.join("filler")
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: somebody may still have a file open.
        let _ = Command::new("umount").arg("-l").arg(&self.dir).status();
    }
}
