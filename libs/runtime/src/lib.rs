//! The frame of every service: configuration, signals, health, drain, exit codes.
//!
//! A service is a [`Service`]: `Config → build → run(stop)`. [`main`] makes a program of one; [`run`] runs one among
//! others in a process. The code path is the same.

mod admin;
mod cli;
mod clock;
mod health;
mod patient;
mod redact;
mod run;
mod service;
mod settings;

/// What [`Service::commands`] are made of.
pub use clap;
pub use cli::main;
pub use clock::Clock;
pub use health::Health;
pub use patient::patient;
pub use run::{DRAIN_TIMEOUT, run, stop_on_signals};
pub use service::Service;
pub use settings::{Settings, SettingsError};
pub use tokio_util::sync::CancellationToken;
