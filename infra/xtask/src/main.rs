//! Housekeeping: `cargo xtask tidy`, `cargo xtask reach`.

mod reach;
mod tidy;

use std::process::ExitCode;

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
    /// Print how far the path reaches on this machine: freshness, throughput, memory, idle CPU.
    Reach {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

#[expect(clippy::print_stderr, reason = "a command line")]
fn main() -> ExitCode {
    let done = match Args::parse().command {
        Command::Tidy => tidy(),
        Command::Reach { args } => reach::run(&args).map(|status| status.success()),
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
