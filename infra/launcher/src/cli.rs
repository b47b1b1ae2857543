//! The words of the command line.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "./dev", bin_name = "./dev", version, about = "Set up, run and test Naru on this machine.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) select: Select,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which stack is meant. Without either: the one whose data is in `.naru/` of this checkout.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Select {
    /// Directory of the stack's data, logs and secrets
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// First of the stack's 20 ports
    #[arg(long, global = true, value_name = "BASE", value_parser = clap::value_parser!(u16).range(1024..=65_515))]
    pub(crate) ports: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Install what is missing, build, migrate and start everything
    Up(UpOptions),
    /// What runs, where, and how it is
    Status {
        #[arg(long)]
        json: bool,
    },
    /// Show a log; without a name, the names
    Logs {
        name: Option<String>,
        /// Go on as it grows
        #[arg(short, long)]
        follow: bool,
    },
    /// Stop every process of the stack; its data stays
    Down,
    /// Stop the stack and remove its data
    Reset,
    /// The demo shop and its load
    Demo {
        #[command(subcommand)]
        command: DemoCommand,
    },
    /// Run the checks; without steps, all of them
    Test {
        #[arg(value_name = "STEP")]
        steps: Vec<String>,
    },
    #[command(hide = true)]
    Supervise {
        #[arg(long = "stack")]
        data: PathBuf,
    },
    #[command(hide = true)]
    ExecChild(ExecChildOptions),
}

#[derive(Debug, Subcommand)]
pub(crate) enum DemoCommand {
    Start,
    Stop,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct UpOptions {
    /// Return when everything is ready; a supervisor stays behind
    #[arg(long)]
    pub(crate) detach: bool,
    /// Each service in a process of its own, as in production
    #[arg(long)]
    pub(crate) split: bool,
    /// Domain under which hosts are served: console.NAME, <tenant>.apm.local.NAME
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    pub(crate) base: String,
    /// Address of the public ports; 0.0.0.0 for browsers on other machines
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    pub(crate) listen: IpAddr,
    /// Build with optimisations (about four times as long)
    #[arg(long)]
    pub(crate) release: bool,
    /// Without the demo tenant and its shop
    #[arg(long)]
    pub(crate) no_demo: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ExecChildOptions {
    /// The supervisor's pid: when it is gone already, nothing is started.
    #[arg(long)]
    pub(crate) parent: i32,
    /// What the program gets when the supervisor is killed.
    #[arg(long)]
    pub(crate) death_signal: String,
    /// Run as this user.
    #[arg(long)]
    pub(crate) user: Option<String>,
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<std::ffi::OsString>,
}
