//! `./dev logs`.

use std::{fs, process::Command};

use anyhow::{Context, bail};

use crate::{cli::Select, stack::Stack};

pub(crate) fn logs(select: &Select, name: Option<&str>, follow: bool) -> anyhow::Result<()> {
    let folder = Stack::find(select)?.data.join("logs");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok()?.strip_suffix(".log").map(str::to_owned))
        .collect();
    names.sort();
    let Some(name) = name else {
        say!("{}", names.join("\n"));
        return Ok(());
    };
    if !names.iter().any(|known| known == name) {
        bail!("there is no log `{name}`; there are: {}", names.join(", "));
    }
    let mut tail = Command::new("tail");
    tail.args(["-n", "200"]);
    if follow {
        tail.arg("-F");
    }
    tail.arg(folder.join(format!("{name}.log"))).status().context("starting tail")?;
    Ok(())
}
