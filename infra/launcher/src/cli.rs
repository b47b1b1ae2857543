//! The words of the command line.

use std::{net::IpAddr, path::PathBuf};

use clap::{
    Args, Parser, Subcommand,
    error::{ContextKind, ContextValue, ErrorKind},
};

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
    #[arg(long, value_name = "NAME", default_value = "localhost", value_parser = host_name)]
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

/// `<tenant>.apm.local.` goes before it, and all of it may have 253 letters.
const BASE_LEN_MAX: usize = 160;
const LABEL_LEN_MAX: usize = 63;

/// A domain as browsers and proxies agree on it: lower case, and not an address.
fn host_name(text: &str) -> Result<String, String> {
    let name = text.to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=LABEL_LEN_MAX).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_address =
        name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if name.len() <= BASE_LEN_MAX && !is_address && name.split('.').all(is_label) {
        Ok(name)
    } else {
        Err("a domain such as localhost or naru.example has letters, digits, hyphens and dots".to_owned())
    }
}

pub(crate) fn is_mistake(error: &clap::Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// What was wrong with the command line, without clap's usage and hints.
pub(crate) fn in_one_line(error: &clap::Error) -> String {
    let what = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(name)) => format!("no command '{name}'"),
        _ => {
            let text = error.to_string();
            let first = text.split("\n\n").next().unwrap_or_default();
            let words: Vec<&str> = first.split_whitespace().collect();
            let line = words.join(" ");
            line.strip_prefix("error: ").unwrap_or(&line).to_owned()
        }
    };
    format!("{what}; see ./dev --help")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_command_is_one_line_that_says_what_to_do() {
        let said = |args: &[&str]| {
            let error = Cli::try_parse_from([&["./dev"], args].concat()).unwrap_err();
            assert!(is_mistake(&error));
            in_one_line(&error)
        };
        assert_eq!(said(&["bogus"]), "no command 'bogus'; see ./dev --help");
        assert_eq!(said(&["demo", "bogus"]), "no command 'bogus'; see ./dev --help");
        assert_eq!(said(&["up", "--bogus"]), "unexpected argument '--bogus' found; see ./dev --help");
        for wrong in [&["up", "--base", "bad base!"][..], &["--ports", "7", "up"], &["up", "--listen", "x"]] {
            let line = said(wrong);
            assert!(line.starts_with("invalid value") && !line.contains('\n'), "{line}");
        }
        assert!(!is_mistake(&Cli::try_parse_from(["./dev", "--help"]).unwrap_err()));
    }

    #[test]
    fn a_base_is_a_host_name() {
        assert_eq!(host_name("Naru.Example"), Ok("naru.example".to_owned()));
        for good in ["localhost", "a-1.b", "192.168.0.1.nip.io"] {
            assert_eq!(host_name(good), Ok(good.to_owned()));
        }
        let long = "a".repeat(64);
        for bad in ["bad base!", "", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "1.2.3.4", "a:80", &long] {
            assert!(host_name(bad).is_err(), "{bad}");
        }
    }
}
