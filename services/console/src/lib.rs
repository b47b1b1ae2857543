//! People: who signs up, who logs in, and what belongs to them.
//!
//! In: HTTP on the console host and `/auth/*` on tenant hosts, `console.v1.caller` on the bus. Out: Postgres schema
//! `console`, questions to license, metering and ingest, mails. Never reads telemetry.

pub mod app;
pub mod bus;
pub mod clients;
pub mod config;
mod console;
pub mod error;
pub mod http;
pub mod jobs;
pub mod license_key;
pub mod mail;
pub mod member;
pub mod places;
pub mod project;
pub mod session;
pub mod store;
pub mod tenant;
pub mod token;

pub use config::Config;
pub use console::Console;
