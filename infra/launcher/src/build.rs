//! The web apps and the binaries, each made only when its sources changed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;
use sha2::{Digest, Sha256};

use crate::{place, stack::SERVICES, steps};

/// npm's packages, by the lock file.
pub(crate) fn npm_ci(log: &Path) -> anyhow::Result<()> {
    let web = place::repository().join("web");
    once(&web.join("node_modules/.naru-lock"), &hash(&[web.join("package-lock.json")])?, || {
        steps::run(
            Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&web),
            log,
            "check the network, then try again",
        )
    })
}

/// Both web apps.
pub(crate) fn web(log: &Path) -> anyhow::Result<()> {
    let web = place::repository().join("web");
    let mut sources = Vec::new();
    collect(&web, &mut sources)?;
    sources.sort();
    once(&web.join("node_modules/.naru-built"), &hash(&sources)?, || {
        steps::run(
            Command::new("npm").args(["run", "build"]).current_dir(&web),
            log,
            "mend the source that the log names",
        )
    })?;
    for app in ["console", "apm"] {
        let page = web.join(app).join("dist/index.html");
        if !page.exists() {
            fs::remove_file(web.join("node_modules/.naru-built")).ok();
            anyhow::bail!(
                "{} is missing although the web build passed; run `./dev up` again",
                page.display()
            );
        }
    }
    Ok(())
}

/// The services: one binary, or one each.
pub(crate) fn services(split: bool, release: bool, log: &Path) -> anyhow::Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.arg("build").current_dir(place::repository());
    if release {
        cargo.arg("--release");
    }
    // With `-p`, cargo would choose the dependencies' features for these packages alone, and `./dev test`, which builds
    // the whole workspace, would compile nearly all of them a second time.
    cargo.arg("--workspace");
    if split {
        for name in SERVICES {
            cargo.args(["--bin", &format!("naru-{name}")]);
        }
    } else {
        cargo.args(["--bin", "naru-devstack"]);
    }
    steps::run(&mut cargo, log, "mend what the compiler says; when the disk is full, free some space")
}

/// Does `work` unless `mark` already holds `value`.
fn once(mark: &Path, value: &str, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    if fs::read_to_string(mark).is_ok_and(|found| found == value) {
        return Ok(());
    }
    work()?;
    fs::write(mark, value).with_context(|| format!("writing {}", mark.display()))
}

fn hash(files: &[PathBuf]) -> anyhow::Result<String> {
    let mut hasher = Sha256::new();
    for file in files {
        hasher.update(file.as_os_str().as_encoded_bytes());
        hasher.update(fs::read(file).with_context(|| format!("reading {}", file.display()))?);
    }
    Ok(hex::encode(hasher.finalize()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "node_modules" || name == "dist" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
