//! What whole journeys need: a stack of its own through `./dev`, and a stranger who signs up.
//!
//! Nothing here knows the product from inside: it runs the commands of README and speaks the public API.

mod client;
pub mod faults;
pub mod freshness;
mod senders;
mod stack;
mod tenant;
mod usage;

pub use client::{Answer, Client};
pub use senders::senders;
pub use stack::{Shape, Stack, Status};
pub use tenant::{Tenant, sign_up, sign_up_sender};
pub use usage::Usage;
