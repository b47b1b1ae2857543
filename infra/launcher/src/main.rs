//! `./dev`: everything between a fresh machine and a running stack.
//!
//! Depends on no other crate of ours (ADR 0001), so it compiles first and outlives whatever it supervises. It knows
//! the product only as programs, ports and environment variables.

#![expect(clippy::print_stderr, reason = "a command line prints")]

/// Prints a line to whoever listens; when nobody does any more (`| head`), the work goes on.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

mod build;
mod cli;
mod database;
mod demo;
mod disk;
mod down;
mod exec_child;
mod http;
mod logs;
mod owned;
mod packages;
mod place;
mod ports;
mod probe;
mod recipes;
mod secrets;
mod signals;
mod stack;
mod status;
mod steps;
mod supervise;
mod supervisor;
mod test;
mod up;
mod version;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command, DemoCommand};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version, which are asked for, and `./dev` alone, which asks.
        Err(error) if !cli::is_mistake(&error) => error.exit(),
        Err(error) => {
            eprintln!("./dev: {}", cli::in_one_line(&error));
            return ExitCode::from(2);
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line that says what to do; the details are in the log that the line names.
            eprintln!("./dev: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Up(options) => up::up(&cli.select, &options),
        Command::Status { json } => status::status(&cli.select, json),
        Command::Logs { name, follow } => logs::logs(&cli.select, name.as_deref(), follow),
        Command::Down => down::down(&cli.select),
        Command::Reset => down::reset(&cli.select),
        Command::Demo { command: DemoCommand::Start } => demo::start(&cli.select),
        Command::Demo { command: DemoCommand::Stop } => demo::stop(&cli.select),
        Command::Test { steps } => test::test(&steps),
        Command::Supervise { data } => supervise::run(&data),
        Command::ExecChild(options) => exec_child::run(&options).map(|never| match never {}),
    }
}
