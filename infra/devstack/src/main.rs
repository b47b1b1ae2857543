//! All six services in one process, for development and small installations.
//!
//! The same code path as apart: they talk over NATS, HTTP and Arrow Flight. When one fails the process ends, and its
//! supervisor starts it again.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use naru_runtime::{CancellationToken, Service, Settings, stop_on_signals};
use tokio::task::JoinSet;
use tracing::error;

#[derive(Parser)]
#[command(version)]
struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Bring every service's database schema up to date, as the database's owner.
    Migrate {
        /// A URL that names the owner; the password may come from PGPASSWORD.
        #[arg(long)]
        owner_url: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    naru_telemetry::init("devstack");
    let outcome = match args.command {
        Some(Command::Migrate { owner_url }) => migrate(&owner_url).await,
        None => run().await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!(error = %format!("{error:#}"), "devstack ended: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn migrate(owner_url: &str) -> anyhow::Result<()> {
    naru_console::Console::migrate(owner_url).await?;
    naru_license::License::migrate(owner_url).await?;
    naru_ingest::Ingest::migrate(owner_url).await?;
    naru_writer::Writer::migrate(owner_url).await?;
    naru_query::Query::migrate(owner_url).await?;
    naru_metering::Metering::migrate(owner_url).await
}

async fn run() -> anyhow::Result<()> {
    let stop = stop_on_signals()?;
    let mut services = JoinSet::new();
    start::<naru_license::License>(&mut services, &stop)?;
    start::<naru_console::Console>(&mut services, &stop)?;
    start::<naru_ingest::Ingest>(&mut services, &stop)?;
    start::<naru_writer::Writer>(&mut services, &stop)?;
    start::<naru_query::Query>(&mut services, &stop)?;
    start::<naru_metering::Metering>(&mut services, &stop)?;
    let mut outcome = Ok(());
    while let Some(ended) = services.join_next().await {
        let ended = ended.context("a service panicked").and_then(|ended| ended);
        if let Err(error) = &ended {
            error!(error = %format!("{error:#}"), "{error:#}; stopping the other services");
        }
        // One that fails takes the others down in good order: half a stack is no stack.
        stop.cancel();
        outcome = outcome.and(ended);
    }
    outcome
}

fn start<S: Service>(
    services: &mut JoinSet<anyhow::Result<()>>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let settings = Settings::<S>::from_environment()?;
    services.spawn(Box::pin(naru_runtime::run::<S>(settings, stop.clone())));
    Ok(())
}
