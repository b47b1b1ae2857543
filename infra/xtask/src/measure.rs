//! `cargo xtask reach`, `bench`, `neighbour` and `faults`: build the stack and the program that measures or breaks it, and
//! run that.

use std::process::{Command, ExitStatus};

use anyhow::{Context, ensure};

use crate::cargo;

/// `args` go to the program; `--help` lists them. With `--debug` among them the development build is measured.
pub(crate) fn run(program: &str, args: &[String]) -> anyhow::Result<ExitStatus> {
    let is_debug = args.iter().any(|argument| argument == "--debug");
    let mut build = cargo::command();
    build.arg("build");
    if !is_debug {
        build.arg("--release");
    }
    // One build for both, with the features of the whole workspace, as `./dev up` builds: nothing twice.
    build.args(["--workspace", "--bin", "naru-devstack", "--bin", program]);
    if program == "bench" {
        // It fills a lake with days gone by.
        build.args(["--bin", "naru-past"]);
    }
    ensure!(build.status().context("running cargo")?.success(), "the build failed; its messages are above");
    let folder = if is_debug { "debug" } else { "release" };
    let program = crate::target_dir()?.join(folder).join(program);
    Command::new(&program).args(args).status().with_context(|| format!("starting {}", program.display()))
}
