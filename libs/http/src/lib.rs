//! The HTTP edge: problems instead of bare statuses, extractors that name the wrong field, the guards every router
//! wears, and the web app's files.
//!
//! Knows no tenant and no route: those belong to the services.

mod describe;
mod extract;
mod harden;
mod origin;
mod peer;
mod problem;
mod running;
mod serve;
mod web_app;

pub use describe::describe;
pub use extract::{Json, Path, Query};
pub use harden::{BODY_BYTES_MAX, HANDLER_TIMEOUT, harden};
pub use origin::same_origin;
pub use peer::{ClientAddress, Host};
pub use problem::{FieldError, Problem};
pub use running::running_paths;
pub use serve::{DRAIN_TIMEOUT, serve, sse_keep_alive};
pub use web_app::web_app;
