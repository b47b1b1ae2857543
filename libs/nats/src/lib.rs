//! The door to NATS: a checked connection, typed requests and answers, published events.
//!
//! Refuses a server that is too old or that does not fsync before it acknowledges: what we answer 2xx for rests on it.

mod call;
mod check;
mod connect;
mod serve;

pub use call::{CallError, Refusal, UNAVAILABLE};
pub use check::{SERVER_VERSION_MIN, Version};
pub use connect::{Bus, CONNECT_WAIT, Error, Options};
