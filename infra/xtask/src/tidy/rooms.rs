//! Every line has a room with a name: no leftovers, and a page that says what each service is for.

use std::{collections::BTreeSet, path::Path};

use super::{Finding, files::Source};

/// Names that say nothing about what is inside.
const NAMELESS: [&str; 7] = ["common", "utils", "util", "types", "core", "shared", "misc"];
const ROOT_FOLDERS: [&str; 5] = ["e2e", "infra", "libs", "services", "web"];

pub(super) fn check(root: &Path, sources: &[Source]) -> Vec<Finding> {
    let mut findings = BTreeSet::new();
    for source in sources {
        let mut folders: Vec<&str> = source.path.split('/').collect();
        let file = folders.pop().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        if let Some(name) = folders.iter().copied().chain([stem]).find(|name| NAMELESS.contains(name)) {
            findings.insert(Finding::new(
                &source.path,
                0,
                format!("`{name}` is a missing noun: name what is inside"),
            ));
        }
        if let Some(first) = folders.first()
            && !first.starts_with('.')
            && !ROOT_FOLDERS.contains(first)
        {
            findings.insert(Finding::new(*first, 0, "no such room: the house plan is in ARCHITECTURE.md"));
        }
    }
    for service in folders_of(&root.join("services")) {
        for page in ["README.md", "src/main.rs", "src/config.rs", "src/app.rs"] {
            if !root.join("services").join(&service).join(page).exists() {
                let file = format!("services/{service}/{page}");
                findings.insert(Finding::new(file, 0, "missing: every service has the same skeleton"));
            }
        }
    }
    findings.into_iter().collect()
}

fn folders_of(path: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect()
}
