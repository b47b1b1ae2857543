//! `./dev test`: everything that must pass, step by step, each saying what it runs.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, bail};

use crate::{build, disk, packages, place, steps::step};

/// Name and command line, run in the folder given.
struct Step {
    name: &'static str,
    folder: &'static str,
    command: &'static [&'static str],
}

/// Quick ones first: a typo must not wait for a browser.
const STEPS: &[Step] = &[
    Step { name: "fmt", folder: ".", command: &["cargo", "fmt", "--all", "--check"] },
    Step { name: "tidy", folder: ".", command: &["cargo", "xtask", "tidy"] },
    Step {
        name: "clippy",
        folder: ".",
        command: &["cargo", "clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"],
    },
    Step { name: "web-check", folder: "web", command: &["npm", "run", "check"] },
    Step { name: "web-test", folder: "web", command: &["npm", "test"] },
    Step { name: "web-build", folder: "web", command: &["npm", "run", "build"] },
    Step {
        name: "rust",
        folder: ".",
        command: &["cargo", "test", "--quiet", "--workspace", "--exclude", "naru-e2e"],
    },
    // After the tests, whose build it shares but for our own crates.
    Step { name: "fuzz", folder: ".", command: &["cargo", "xtask", "fuzz", "--seconds", "60"] },
    Step { name: "e2e-npm", folder: "e2e/browser", command: &["npm", "ci", "--no-audit", "--no-fund"] },
    Step { name: "e2e-check", folder: "e2e/browser", command: &["npm", "run", "check"] },
    Step {
        name: "e2e",
        folder: ".",
        // Not `-p naru-e2e`: that would choose other features for the dependencies, and compile them again.
        command: &[
            "cargo",
            "test",
            "--quiet",
            "--workspace",
            "--test",
            "e2e",
            "--",
            "--test-threads=1",
            "--nocapture",
        ],
    },
];

/// Of the disk, before each step. On a full one a linker is killed, and its "bus error" tells nobody why.
const FREE_BYTES_MIN: u64 = 4 * 1024 * 1024 * 1024;

pub(crate) fn test(wanted: &[String]) -> anyhow::Result<()> {
    if let Some(unknown) = wanted.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; there are: {}", names.join(", "));
    }
    let logs = std::env::temp_dir().join(format!("naru-test-{}", std::process::id()));
    std::fs::create_dir_all(&logs).with_context(|| format!("making {}", logs.display()))?;
    let log = |name: &str| -> PathBuf { logs.join(name) };
    step("Debian packages", || packages::install(true, &log("packages")))?;
    step("NATS server", || packages::install_nats(&log("nats")))?;
    step("S3 server for tests", || packages::s3::install(&log("s3")))?;
    step("npm packages", || build::npm_ci(&log("npm")))?;

    let target = place::target();
    let started = Instant::now();
    let is_wanted = |step: &&Step| wanted.is_empty() || wanted.iter().any(|name| name == step.name);
    for step in STEPS.iter().filter(is_wanted) {
        run(step, &target)?;
    }
    say!("all passed in {:.0} s", started.elapsed().as_secs_f64());
    std::fs::remove_dir_all(&logs).ok();
    Ok(())
}

/// Output goes straight through: what failed explains itself.
fn run(step: &Step, target: &Path) -> anyhow::Result<()> {
    disk::refuse_full(target, FREE_BYTES_MIN)
        .with_context(|| format!("before {} (`cargo clean --workspace` removes old builds)", step.name))?;
    say!("── {}: {}", step.name, step.command.join(" "));
    let started = Instant::now();
    let (program, args) = step.command.split_first().context("a step has a program")?;
    let status = Command::new(program)
        .args(args)
        .current_dir(place::repository().join(step.folder))
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .status()
        .with_context(|| format!("starting {program}"))?;
    let elapsed_s = started.elapsed().as_secs_f64();
    if !status.success() {
        let again = format!("Again: ./dev test {}", step.name);

        let disk = disk::refuse_full(target, FREE_BYTES_MIN).err();
        let disk = disk.map(|full| format!("Perhaps for want of room: {full}. ")).unwrap_or_default();
        bail!("{} failed after {elapsed_s:.0} s ({status}); its output is above. {disk}{again}", step.name);
    }
    say!("── {}: passed in {elapsed_s:.0} s", step.name);
    Ok(())
}
