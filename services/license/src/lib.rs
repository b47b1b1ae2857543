//! Permission: license keys and what they permit.
//!
//! In: requests of console (issue, list, revoke) and of gateways (resolve, used). Out: verdicts and key events. Never
//! reads usage, never stores a key's text, and never lets one travel but in the answer to its issue.

mod app;
mod bus;
mod config;
mod store;

pub use app::License;
pub use config::Config;
