//! What a child says, kept in files of 50 MB, five of them.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

const FILE_BYTES_MAX: u64 = 50 * 1024 * 1024;
const FILES_MAX: u32 = 5;

struct Log {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

/// Appends both streams to `path`, line by line, until they end.
pub(super) fn keep(
    path: &Path,
    stdout: Option<impl Read + Send + 'static>,
    stderr: Option<impl Read + Send + 'static>,
) {
    let log = Arc::new(Mutex::new(Log::open(path.to_owned())));
    if let Some(stdout) = stdout {
        copy(stdout, Arc::clone(&log));
    }
    if let Some(stderr) = stderr {
        copy(stderr, log);
    }
}

fn copy(stream: impl Read + Send + 'static, log: Arc<Mutex<Log>>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
            log.lock().unwrap_or_else(PoisonError::into_inner).write(&line);
            line.clear();
        }
    });
}

impl Log {
    fn open(path: PathBuf) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(&path).ok();
        let bytes = file.as_ref().and_then(|file| file.metadata().ok()).map_or(0, |metadata| metadata.len());
        Self { path, file, bytes }
    }

    /// A full disk must not stop a child: its line is lost, and the next one is tried again.
    fn write(&mut self, line: &[u8]) {
        if self.bytes > FILE_BYTES_MAX {
            self.rotate();
        }
        if let Some(file) = &mut self.file
            && file.write_all(line).is_ok()
        {
            self.bytes += line.len() as u64;
        }
    }

    fn rotate(&mut self) {
        let numbered = |n: u32| self.path.with_extension(format!("log.{n}"));
        for n in (1..FILES_MAX - 1).rev() {
            let _ = fs::rename(numbered(n), numbered(n + 1));
        }
        let _ = fs::rename(&self.path, numbered(1));
        *self = Self::open(self.path.clone());
    }
}
