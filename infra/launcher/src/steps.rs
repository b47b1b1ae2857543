//! One line per step, with the time it took; a failed one shows the end of its log and what to do.

use std::{
    fs::File,
    io::IsTerminal,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

/// Runs `work` under a name; prints how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let started = Instant::now();
    let bar = spinner(name);
    if bar.is_none() {
        say!("  · {name}");
    }
    let outcome = work();
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let elapsed_s = started.elapsed().as_secs_f64();
    match &outcome {
        Ok(_) => say!("  ✓ {name:<42} {elapsed_s:>7.1} s"),
        Err(_) => say!("  ✗ {name:<42} {elapsed_s:>7.1} s"),
    }
    outcome
}

fn spinner(name: &str) -> Option<ProgressBar> {
    std::io::stdout().is_terminal().then(|| {
        let style =
            ProgressStyle::with_template("  {spinner} {msg} {elapsed}").expect("the template is ours");
        let bar = ProgressBar::new_spinner().with_style(style).with_message(name.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    })
}

/// Runs a command with its output in `log`; when it fails, the end of the log and `hint` are the error.
pub(crate) fn run(command: &mut Command, log: &Path, hint: &str) -> anyhow::Result<()> {
    let file = File::create(log).with_context(|| format!("writing {}", log.display()))?;
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()
        .with_context(|| format!("starting {program}: {hint}"))?;
    if status.success() {
        return Ok(());
    }
    bail!("{program} failed ({status}): {hint}. The end of {}:\n{}", log.display(), tail(log, 25))
}

/// The last lines of a file.
pub(crate) fn tail(path: &Path, lines: usize) -> String {
    let text =
        std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
