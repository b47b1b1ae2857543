//! Edges out: console over NATS, writers' tails over Arrow Flight.

mod console;
mod tail;

pub(crate) use console::{Directory, DirectoryError};
pub(crate) use tail::{TailError, TailRows, Tails};
