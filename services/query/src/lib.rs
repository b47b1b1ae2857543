//! Telemetry out: question → plan → scan → answer; live streams; the APM web app of each tenant.
//!
//! In: HTTP on `<tenant>.apm.<region>.<base>`. Reads the lake's catalog and objects, and the writers' live tails. Never
//! writes: neither to Postgres nor to the object store. Nothing scans without a [`plan::TenantScope`], and only a caller
//! whose tenant owns the project gets one.

mod app;
mod clients;
mod config;
mod error;
mod http;
mod live;
mod parse;
mod plan;
mod scan;
mod shape;

pub use app::Query;
pub use config::Config;
pub use http::{openapi, paths};
#[doc(hidden)]
pub use parse::cursor_again;
#[doc(hidden)]
pub use shape::metric::quantiles_since;
