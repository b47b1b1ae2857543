//! Housekeeping: `cargo xtask tidy`, `cargo xtask fuzz`, and what measures or proves: `reach`, `bench`, `neighbour`,
//! `faults`.

mod cargo;
mod fuzz;
mod measure;
mod tidy;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check what neither compiler nor clippy checks: rooms, edges, file sizes, words.
    Tidy,
    /// Feed every decoder with anything for a while.
    Fuzz(fuzz::Args),
    /// Print how far the path reaches on this machine: freshness, throughput, memory, idle CPU.
    Reach {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Print the figures that the lake is judged by: CPU and bytes per span, times of questions.
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measure what one company notices while another does what it should not.
    Neighbour {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Kill every process under load, again and again, and count what was lost or doubled.
    Faults {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

#[expect(clippy::print_stderr, reason = "a command line")]
fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Tidy => tidy(),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Reach { args } => measure::run("reach", &args).map(|status| status.success()),
        Command::Bench { args } => measure::run("bench", &args).map(|status| status.success()),
        Command::Neighbour { args } => measure::run("neighbour", &args).map(|status| status.success()),
        Command::Faults { args } => measure::run("faults", &args).map(|status| status.success()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a command line")]
fn tidy() -> anyhow::Result<bool> {
    let findings = tidy::run()?;
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("tidy"),
        count => println!("{count} findings"),
    }
    Ok(findings.is_empty())
}

/// The checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("infra/xtask lies two folders deep")
        .to_owned()
}

/// Where cargo builds.
fn target_dir() -> anyhow::Result<PathBuf> {
    let ours = std::env::current_exe().context("finding the target directory")?;
    let target = ours.parent().and_then(Path::parent).context("xtask lies in a target directory")?;
    Ok(target.to_owned())
}
