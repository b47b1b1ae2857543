//! A directory that is removed when dropped, or by the next test process when this one was killed.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{
        Once,
        atomic::{AtomicU32, Ordering},
    },
};

const PREFIX: &str = "naru-testkit-";
static SWEEP: Once = Once::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Readable by everybody: as root, Postgres runs as another user.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// # Panics
    /// When the machine's temporary directory can't be written: no test can go on then.
    #[must_use]
    pub fn new(what: &str) -> Self {
        SWEEP.call_once(sweep);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("{PREFIX}{}-{number}-{what}", std::process::id()));
        fs::create_dir_all(&path).expect("the temporary directory is writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).expect("the directory is ours");
        Self { path }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind is swept by the next test process.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes what killed test processes left behind.
fn sweep() {
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let pid = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
