//! What keeps the house in order, as checks that name file, line and what to do.

mod edges;
mod files;
mod places;
mod rooms;

use std::fmt;

/// One thing to mend.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    file: String,
    /// 1-based; 0 = the whole file.
    line: usize,
    what_to_do: String,
}

impl Finding {
    fn new(file: impl Into<String>, line: usize, what_to_do: impl Into<String>) -> Self {
        Self { file: file.into(), line, what_to_do: what_to_do.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.what_to_do),
            line => write!(f, "{}:{line}: {}", self.file, self.what_to_do),
        }
    }
}

/// All findings of the checkout, sorted by file.
pub(crate) fn run() -> anyhow::Result<Vec<Finding>> {
    let root = crate::root();
    let sources = files::tracked(&root)?;
    let mut findings = edges::check(&root)?;
    findings.extend(rooms::check(&root, &sources));
    findings.extend(files::check(&sources));
    findings.extend(places::check(&sources));
    findings.sort();
    Ok(findings)
}
