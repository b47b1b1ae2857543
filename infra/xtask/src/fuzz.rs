//! `cargo xtask fuzz`: every fuzz target for a while, built once for all, without cargo-fuzz and without nightly Rust.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use crate::cargo;

const PACKAGE: &str = "naru-fuzz";
/// What one input may take: a decoder that needs more is broken, whatever it answers.
const LIMITS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=16384"];
/// Of a failure: the panic and its message.
const SAID_LINES: usize = 4;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Targets to run; all when none is named.
    targets: Vec<String>,
    /// For all targets together.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// False when a target failed; its input is kept, and named.
#[expect(clippy::print_stdout, reason = "a command line")]
pub(crate) fn run(args: &Args) -> anyhow::Result<bool> {
    let all = targets()?;
    if let Some(unknown) = args.targets.iter().find(|name| !all.contains(name)) {
        bail!("there is no target `{unknown}`; there are: {}", all.join(", "));
    }
    let wanted = if args.targets.is_empty() { &all } else { &args.targets };
    let target_dir = crate::target_dir()?;
    let started = Instant::now();
    build(wanted)?;
    println!("{} targets built in {:.0} s", wanted.len(), started.elapsed().as_secs_f64());
    let seconds = (args.seconds / wanted.len() as u64).max(1);
    println!("{:14} {:>10} {:>8} {:>6} {:>9}", "target", "runs", "runs/s", "MiB", "features");
    let mut holds = true;
    for name in wanted {
        let run = Run::of(&target_dir, name, seconds)?;
        println!(
            "{name:14} {:>10} {:>8} {:>6} {:>9}",
            run.runs,
            run.runs / seconds,
            run.peak_mib,
            run.features
        );
        if let Some(failure) = run.failure {
            println!("{failure}");
            holds = false;
        }
    }
    Ok(holds)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<CargoTarget>,
}

#[derive(Deserialize)]
struct CargoTarget {
    name: String,
    kind: Vec<String>,
}

/// The binaries of the package.
fn targets() -> anyhow::Result<Vec<String>> {
    let output = cargo::command().args(["metadata", "--no-deps", "--format-version", "1"]).output()?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let package = metadata.packages.into_iter().find(|package| package.name == PACKAGE);
    let targets = package.context("no fuzz targets in this workspace")?.targets.into_iter();
    Ok(targets.filter(|target| target.kind == ["bin"]).map(|target| target.name).collect())
}

/// Only the crates of this workspace are compiled for it: dependencies are those of the workspace's other builds.
fn build(targets: &[String]) -> anyhow::Result<()> {
    let mut build = cargo::command();
    build.args(["build", "--quiet", "--workspace", "--features", "naru-fuzz/libfuzzer"]);
    for target in targets {
        build.args(["--bin", target]);
    }
    build.env("RUSTC_WORKSPACE_WRAPPER", crate::root().join("e2e/fuzz/instrument"));
    ensure!(
        build.status().context("running cargo")?.success(),
        "the fuzz build failed; its messages are above"
    );
    Ok(())
}

/// One target, run once.
struct Run {
    runs: u64,
    peak_mib: u64,
    /// Edges and comparisons that its corpus reaches.
    features: u64,
    failure: Option<String>,
}

impl Run {
    /// The corpus stays in the target directory, so that the next run begins where this one ended.
    fn of(target_dir: &Path, name: &str, seconds: u64) -> anyhow::Result<Self> {
        let folder = target_dir.join("fuzz").join(name);
        let (corpus, failures) = (folder.join("corpus"), folder.join("failures"));
        for folder in [&corpus, &failures] {
            fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        let log = folder.join("log");
        let program = target_dir.join("debug").join(name);
        let status = Command::new(&program)
            .arg(&corpus)
            .args(LIMITS)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", failures.display()))
            .arg("-print_final_stats=1")
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .status()
            .with_context(|| format!("starting {}", program.display()))?;
        let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        let stat = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
        };
        let failure = (!status.success()).then(|| failure(&text, &program, &log));
        Ok(Self {
            runs: stat("stat::number_of_executed_units"),
            peak_mib: stat("stat::peak_rss_mb"),
            features: features(&text),
            failure,
        })
    }
}

/// Of the last line that says so: `#123 REDUCE cov: 20 ft: 40 …`.
fn features(log: &str) -> u64 {
    let line = log.lines().rev().find_map(|line| line.split_once(" ft: "));
    line.and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// What it said, without the backtrace: that is in the log.
fn failure(text: &str, program: &Path, log: &Path) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from =
        lines.iter().position(|line| line.contains("panicked at") || line.contains("ERROR: libFuzzer"));
    let said = &lines[from.unwrap_or(lines.len().saturating_sub(SAID_LINES))..];
    let input = lines.iter().find_map(|line| line.split_once("Test unit written to "));
    let again =
        input.map_or_else(String::new, |(_, input)| format!("\nagain: {} {input}", program.display()));
    format!("{}\nall of it: {}{again}", said[..said.len().min(SAID_LINES)].join("\n"), log.display())
}
