//! A service as a program.
//!
//! `naru-console [--config FILE] [--print-config] [--<key> VALUE …]`, `naru-console migrate --owner-url URL`, and what
//! the service itself offers: `naru-writer [--<key> VALUE …] export …`.
//! Exit codes: 0 stopped as asked, 1 failed, 2 wrong command line or configuration.

use std::{path::PathBuf, process::ExitCode};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use tracing::error;

use crate::{
    Service, Settings, run,
    settings::{Sources, keys},
};

const FAILED: u8 = 1;
const MISUSED: u8 = 2;

/// The whole `main` of a service.
pub fn main<S: Service>() -> ExitCode {
    naru_telemetry::init(S::NAME);
    let keys = match keys::<S>() {
        Ok(keys) => keys,
        Err(problem) => return misused(&problem.to_string()),
    };
    let matches = command(S::NAME, &keys).subcommands(S::commands()).get_matches();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(problem) => return misused(&format!("starting the async runtime: {problem}")),
    };
    let ended = match matches.subcommand() {
        Some(("migrate", arguments)) => {
            let owner_url = arguments.get_one::<String>("owner-url").expect("clap requires it");
            runtime.block_on(S::migrate(owner_url))
        }
        _ => {
            let settings = match read_settings::<S>(&matches, &keys) {
                Ok(settings) => settings,
                Err(problem) => return misused(&problem.to_string()),
            };
            if matches.get_flag("print-config") {
                print(&settings.printed());
                return ExitCode::SUCCESS;
            }
            if let Some((name, arguments)) = matches.subcommand() {
                let done = S::command(settings.config, name.to_owned(), arguments.clone());
                return finish::<S>(runtime.block_on(done), runtime);
            }
            runtime.block_on(async { run::run(settings, run::stop_on_signals()?).await })
        }
    };
    finish::<S>(ended, runtime)
}

fn finish<S: Service>(ended: anyhow::Result<()>, runtime: tokio::runtime::Runtime) -> ExitCode {
    // Tasks that a service left behind must not hold the process.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            error!("{} failed: {}", S::NAME, naru_telemetry::chain(problem.as_ref()));
            ExitCode::from(FAILED)
        }
    }
}

fn read_settings<S: Service>(
    matches: &ArgMatches,
    keys: &[String],
) -> Result<Settings<S>, crate::SettingsError> {
    let flags = keys
        .iter()
        .filter_map(|key| matches.get_one::<String>(key).map(|value| (key.clone(), value.clone())))
        .collect();
    let file = matches.get_one::<PathBuf>("config").map(PathBuf::as_path);
    Settings::read(&Sources { file, environment: std::env::vars().collect(), flags })
}

fn command(name: &'static str, keys: &[String]) -> Command {
    let settings = keys.iter().map(|key| {
        // clap wants names that live as long as the program; these are a few dozen, made once.
        let id: &'static str = key.clone().leak();
        let long: &'static str = key.replace('_', "-").leak();
        Arg::new(id).long(long).value_name("VALUE").help_heading("Settings")
    });
    Command::new(name)
        .version(env!("CARGO_PKG_VERSION"))
        .about("Settings come from defaults, then --config, then NARU_<SERVICE>_<KEY>, then flags")
        .arg(Arg::new("config").long("config").value_name("FILE").value_parser(value_parser!(PathBuf)))
        .arg(Arg::new("print-config").long("print-config").action(ArgAction::SetTrue))
        .args(settings)
        .subcommand(
            Command::new("migrate")
                .about("Bring this service's schema up to date, as its owner")
                .arg(Arg::new("owner-url").long("owner-url").value_name("URL").required(true)),
        )
}

fn misused(problem: &str) -> ExitCode {
    error!("{problem}");
    ExitCode::from(MISUSED)
}

#[expect(clippy::print_stdout, reason = "this is what --print-config asks for")]
fn print(text: &str) {
    print!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_a_flag() {
        let command = command("bakery", &["http_listen".to_owned(), "loaves".to_owned()]);
        let matches =
            command.get_matches_from(["bakery", "--http-listen", "127.0.0.1:1", "--config", "x.toml"]);
        assert_eq!(matches.get_one::<String>("http_listen").map(String::as_str), Some("127.0.0.1:1"));
        assert_eq!(matches.get_one::<String>("loaves"), None);
    }
}
