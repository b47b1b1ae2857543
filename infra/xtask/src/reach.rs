//! `cargo xtask reach`: builds the optimised stack and the program that measures it, and runs that.

use std::process::{Command, ExitStatus};

use anyhow::{Context, ensure};

/// `args` go to the program; `--help` lists them.
pub(crate) fn run(args: &[String]) -> anyhow::Result<ExitStatus> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // One build for both, with the features of the whole workspace, as `./dev up --release` builds: nothing twice.
    let built = Command::new(cargo)
        .args(["build", "--release", "--workspace", "--bin", "naru-devstack", "--bin", "reach"])
        .status()
        .context("running cargo")?;
    ensure!(built.success(), "the release build failed; its messages are above");
    Command::new(crate::target_dir()?.join("release/reach")).args(args).status().context("starting reach")
}
