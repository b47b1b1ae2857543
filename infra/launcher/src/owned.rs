//! Which folders are ours, and what in them: `up` takes no folder that somebody else uses, `reset` removes nothing that
//! a stack did not make.

use std::{fs, path::Path};

use anyhow::{Context, bail};

use crate::{place, stack::Stack};

/// Lies in every stack's folder from its first moment.
const MARK: &str = ".naru-stack";
const MARK_TEXT: &str = "This folder is the data of a stack of Naru; `./dev reset` removes it.\n";

/// Everything a stack makes in its folder. The mark goes last: until then `reset` may be repeated.
const MADE: [&str; 15] = [
    "stack.json",
    "stack.draft",
    "status.json",
    "status.draft",
    "demo",
    "logs",
    "mail",
    "lake",
    "staging",
    "query-cache",
    "redis",
    "nats",
    "postgres",
    "secrets",
    MARK,
];

/// Is this the folder of a stack? One from before there were marks has a `stack.json` that names it.
pub(crate) fn is_stack(data: &Path) -> bool {
    data.join(MARK).is_file() || Stack::read(data).is_ok_and(|stack| stack.data == data)
}

/// Makes the folder a stack's, unless somebody else uses it.
pub(crate) fn claim(data: &Path) -> anyhow::Result<()> {
    if data.exists() && !is_stack(data) {
        if !data.is_dir() {
            bail!("{} is a file; choose a folder with --data", data.display());
        }
        if let Some(other) = others(data)?.first() {
            bail!(
                "{} holds {other}, which is no part of a stack; choose an empty folder with --data",
                data.display()
            );
        }
    }
    fs::create_dir_all(data)
        .with_context(|| format!("{} cannot be made; choose another folder with --data", data.display()))?;
    fs::write(data.join(MARK), MARK_TEXT).with_context(|| format!("writing to {}", data.display()))
}

/// Removes what a stack made, and the folder itself when nothing else is in it. Returns the names of what else is.
pub(crate) fn remove_all(data: &Path) -> anyhow::Result<Vec<String>> {
    for path in MADE.iter().map(|name| data.join(name)) {
        // A link that leads nowhere is there, too.
        if path.symlink_metadata().is_ok() {
            remove(&path)?;
        }
    }
    let left = others(data)?;
    // Fails when other stacks lie in it, which is why it stays then.
    let _ = fs::remove_dir(data);
    Ok(left)
}

pub(crate) fn remove(path: &Path) -> anyhow::Result<()> {
    let is_folder = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    let removed = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.with_context(|| format!("removing {}", path.display()))
}

/// Names in a folder but those of other stacks, sorted.
fn others(data: &Path) -> anyhow::Result<Vec<String>> {
    let entries = fs::read_dir(data).with_context(|| format!("reading {}", data.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !place::is_of_others(name))
        .collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_somebody_uses_is_no_stack() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("secrets")).unwrap();
        fs::write(folder.path().join("stack.json"), "{}").unwrap();
        assert!(!is_stack(folder.path()));
        let refused = claim(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("secrets") && refused.contains("--data"), "{refused}");
        assert!(!folder.path().join(MARK).exists());
    }

    #[test]
    fn a_stack_takes_away_what_it_made_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let data = parent.path().join("stack");
        claim(&data).unwrap();
        claim(&data).unwrap();
        assert!(is_stack(&data));
        fs::create_dir_all(data.join("lake/deep")).unwrap();
        fs::write(data.join("status.json"), "{broken").unwrap();
        fs::write(data.join("thesis.tex"), "years").unwrap();

        assert_eq!(remove_all(&data).unwrap(), ["thesis.tex"]);
        assert_eq!(others(&data).unwrap(), ["thesis.tex"]);

        fs::remove_file(data.join("thesis.tex")).unwrap();
        claim(&data).unwrap();
        assert_eq!(remove_all(&data).unwrap(), [""; 0]);
        assert!(!data.exists());
    }

    #[test]
    fn what_a_link_leads_to_is_left_alone() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let data = folder.path().join("stack");
        claim(&data).unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), data.join("lake")).unwrap();
        remove_all(&data).unwrap();
        assert!(elsewhere.path().exists() && !data.exists());
    }
}
