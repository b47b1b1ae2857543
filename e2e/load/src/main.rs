//! `naru-load run` sends, `naru-load verify` judges.

#![expect(clippy::print_stdout, reason = "a command line")]

mod run;
mod verify;

use clap::{Parser, Subcommand, ValueEnum};

/// A seeded OTLP load with a ledger, and the oracle that reads it.
#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Send a corpus at a steady rate; any OTLP endpoint will do.
    Run(run::Args),
    /// Compare a ledger with what the query API shows.
    Verify(verify::Args),
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Run(args) => run::run(args).await,
        Command::Verify(args) => verify::verify(args).await,
    }
}
