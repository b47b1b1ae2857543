//! Usage: what writers committed, totalled per project, signal and hour.
//!
//! In: usage records from the bus. Out: totals for whoever asks. Counts and never blocks: nothing waits for it, and
//! nothing is refused because of it.

mod aggregate;
mod app;
mod bus;
mod config;
mod jobs;
mod store;

pub use app::Metering;
pub use config::Config;
