//! Processes that outlived the one we knew.

use std::{fs, path::Path};

use nix::unistd::Pid;

/// Every process whose working directory is `dir`. Postgres and all its backends work in its data directory.
pub(super) fn living_in(dir: &Path) -> Vec<Pid> {
    let Ok(dir) = dir.canonicalize() else { return Vec::new() };
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok().map(Pid::from_raw))
        .filter(|pid| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == dir))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_process_is_found_by_the_folder_it_works_in_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let mut sleeper = Command::new("sleep").arg("60").current_dir(folder.path()).spawn().unwrap();
        let pid = Pid::from_raw(i32::try_from(sleeper.id()).unwrap());

        assert_eq!(living_in(folder.path()), [pid]);

        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
        assert_eq!(living_in(folder.path()), []);
    }
}
