//! Files that `LocalFileSystem` writes before it gives them their name: `<name>#<number>`. It hides them from lists, so a
//! process that was killed leaves them for ever.

use std::{fs, io, path::Path, time::SystemTime};

/// Removes those under `dir` that were last touched before `before`. A directory that is not there has none.
pub(super) fn sweep(dir: &Path, before: SystemTime) -> io::Result<()> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sweep(&entry.path(), before)?;
        } else if is_staged(&entry.file_name().to_string_lossy()) && entry.metadata()?.modified()? < before {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_staged(name: &str) -> bool {
    let number = name.rsplit_once('#').map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_a_killed_process_left_goes_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("2026-11-21/00");
        fs::create_dir_all(&inner).unwrap();
        for name in ["a.bundle", "a.bundle#1", "b.bundle#x", "#"] {
            fs::write(inner.join(name), "x").unwrap();
        }
        let names = || {
            let mut names: Vec<_> = fs::read_dir(&inner)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        sweep(dir.path(), SystemTime::now() - Duration::from_secs(60)).unwrap();
        assert_eq!(
            names(),
            ["#", "a.bundle", "a.bundle#1", "b.bundle#x"],
            "somebody may still be writing it"
        );
        sweep(dir.path(), SystemTime::now() + Duration::from_secs(60)).unwrap();
        assert_eq!(names(), ["#", "a.bundle", "b.bundle#x"]);
        sweep(&dir.path().join("missing"), SystemTime::now()).unwrap();
    }
}
