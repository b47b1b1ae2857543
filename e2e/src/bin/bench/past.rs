//! A hundred million spans that nobody sent: merged segments of the days before.

use std::{process::Command, time::Instant};

use anyhow::{Context, ensure};
use naru_e2e::{Stack, Tenant};

/// Trace ids of them, by request, in no order.
pub(crate) fn write(
    stack: &Stack,
    tenant: &Tenant,
    spans: u64,
    notes: &mut Vec<String>,
) -> anyhow::Result<Vec<u128>> {
    let program = std::env::current_exe()?.with_file_name("naru-past");
    let secrets = stack.data().join("secrets");
    let started = Instant::now();
    let output = Command::new(&program)
        .args(["--tenant", &tenant.id, "--spans", &spans.to_string()])
        .arg("--superuser-url")
        .arg(secrets.join("superuser-url"))
        .arg("--lake-key")
        .arg(secrets.join("lake-key"))
        .arg("--lake-dir")
        .arg(stack.lake_dir())
        .output()
        .with_context(|| format!("starting {}", program.display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let took_s = started.elapsed().as_secs_f64();
    notes.push(format!(
        "Traces were searched among {spans} more spans of the 14 days before, written as merged segments in {took_s:.0} s."
    ));
    let text = String::from_utf8(output.stdout)?;
    text.lines().map(|line| u128::from_str_radix(line, 16).context("a trace id of the past")).collect()
}
