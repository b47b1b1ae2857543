//! A disk so small that a test can fill it.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::Command,
};

const PAGE_BYTES: u64 = 4_096;

/// A file system of its own in memory; gone when dropped.
#[derive(Debug)]
pub struct SmallDisk {
    dir: PathBuf,
}

impl SmallDisk {
    /// Of so many bytes, at `dir`. `None` when the kernel lets this user mount nothing, which it says.
    #[expect(clippy::print_stderr, reason = "a test that cannot run must say so")]
    pub fn mount(dir: &Path, bytes: u64) -> Option<Self> {
        fs::create_dir_all(dir).expect("a folder is made");
        let size = format!("size={bytes}");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(dir)
            .output()
            .expect("mount is there");
        if !mount.status.success() {
            eprintln!("no disk to fill: {}", String::from_utf8_lossy(&mount.stderr));
            return None;
        }
        Some(Self { dir: dir.to_owned() })
    }

    /// Leaves room for the beginning of a file, and no more.
    pub fn fill(&self) {
        let mut file = File::create(self.filler()).expect("an empty disk takes a file");
        let mut length = 0;
        let full = loop {
            match file.write(&[0; 4_096]) {
                Ok(written) => length += written as u64,
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        file.set_len(length - PAGE_BYTES).expect("a file is made shorter");
    }

    /// Makes room again.
    pub fn clear(&self) {
        fs::remove_file(self.filler()).expect("the disk was filled");
    }

    /// Files besides what fills it.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = files(&self.dir);
        files.retain(|file| *file != self.filler());
        files
    }

    fn filler(&self) -> PathBuf {
        self.dir.join("filler")
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let paths =
        fs::read_dir(dir).expect("a folder is read").map(|entry| entry.expect("and its entries").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: somebody may still have a file open.
        let _ = Command::new("umount").arg("-l").arg(&self.dir).status();
    }
}
