//! One idea per file: sources stay short enough to read in one sitting.

use std::{path::Path, process::Command};

use anyhow::{Context, ensure};

use super::Finding;

/// Past this a file holds a second idea.
const LINES_MAX: usize = 400;
/// Screenshots in documents; nothing else is binary.
const IMAGE_BYTES_MAX: usize = 200 * 1024;

/// A file of the checkout: tracked, or new and not ignored.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl Source {
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    fn is_code(&self) -> bool {
        [".rs", ".ts", ".tsx", ".py", ".mjs", ".js"].iter().any(|ending| self.path.ends_with(ending))
    }
}

pub(super) fn tracked(root: &Path) -> anyhow::Result<Vec<Source>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root)
        .output()
        .context("running git ls-files")?;
    ensure!(output.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
    let paths = String::from_utf8(output.stdout)?;
    let mut sources = Vec::new();
    for path in paths.split('\0').filter(|path| !path.is_empty()) {
        // A tracked file that was just deleted is no finding.
        if let Ok(bytes) = std::fs::read(root.join(path)) {
            sources.push(Source { path: path.to_owned(), bytes });
        }
    }
    Ok(sources)
}

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources {
        match source.text() {
            Some(text) if source.is_code() && text.lines().count() > LINES_MAX => {
                let what = format!("{} lines: find the second idea and give it a file", text.lines().count());
                findings.push(Finding::new(&source.path, 0, what));
            }
            Some(_) => {}
            None if source.path.ends_with(".png") && source.bytes.len() <= IMAGE_BYTES_MAX => {}
            None => {
                findings.push(Finding::new(&source.path, 0, "binary, or an image over 200 kB: leave it out"))
            }
        }
    }
    findings
}
