//! The table: for people, for programs, and for the repository.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

use crate::row::Measured;

pub(crate) fn text(table: &[Measured], notes: &[String]) -> String {
    let line = |measured: &Measured| {
        let row = measured.row;
        format!("{:26} {:>12} {} {:<8} {}", row.name, value(measured), sign(measured), row.goal, row.unit)
    };
    table.iter().map(line).chain(notes.iter().cloned()).collect::<Vec<_>>().join("\n")
}

pub(crate) fn json(table: &[Measured]) -> String {
    let line = |measured: &Measured| {
        let row = measured.row;
        serde_json::json!({"row": row.name, "value": measured.value, "unit": row.unit, "goal": row.goal})
            .to_string()
    };
    table.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Writes infra/bench/RESULTS.md. What people wrote below its first `## ` stays.
pub(crate) fn save(
    table: &[Measured],
    notes: &[String],
    spans: u64,
    is_debug: bool,
) -> anyhow::Result<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("e2e/ lies in the repository")?;
    let mut page =
        String::from("# Results\n\nWritten by `cargo xtask bench --save`; README says what each row is.\n\n");
    let build = if is_debug { "development" } else { "release" };
    writeln!(page, "{spans} spans, {build} build of {}, {}.\n", revision(root), machine())?;
    page.push_str("| row | measured | goal | unit |\n|---|---:|---:|---|\n");
    for measured in table {
        let row = measured.row;
        writeln!(
            page,
            "| {} | {} | {} {} | {} |",
            row.name,
            value(measured),
            sign(measured),
            row.goal,
            row.unit
        )?;
    }
    for note in notes {
        writeln!(page, "\n{note}")?;
    }
    let path = root.join("infra/bench/RESULTS.md");
    std::fs::create_dir_all(root.join("infra/bench"))?;
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some(at) = before.find("\n## ") {
        page.push_str(&before[at..]);
    }
    std::fs::write(&path, page).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

fn value(measured: &Measured) -> String {
    match measured.value {
        None => "–".to_owned(),
        Some(value) if value >= 1_000.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.2}"),
    }
}

const fn sign(measured: &Measured) -> &'static str {
    if measured.row.more_is_better { "≥" } else { "≤" }
}

fn revision(root: &Path) -> String {
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).current_dir(root).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.ok().filter(|text| !text.is_empty()).unwrap_or_else(|| "an unknown revision".to_owned())
}

/// `2 cores of AMD EPYC 7B13, 23 GiB`.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let (cpuinfo, meminfo) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let field = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let cores = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
    let model = field(&cpuinfo, "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let memory_kib =
        field(&meminfo, "MemTotal").and_then(|text| text.trim_end_matches(" kB").parse::<u64>().ok());
    format!("{cores} cores of {model}, {} GiB", memory_kib.unwrap_or(0) / 1024 / 1024)
}
