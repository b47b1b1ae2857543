//! From credential to Caller: who acts, in which tenant, and what they may do; and the secrets that prove it.
//!
//! Nothing here talks to anything: look-ups belong to the services, the arithmetic is here.

mod caller;
pub mod password;
mod secret;

pub use caller::{Action, Actor, Caller, Forbidden, Role, UnknownRole};
pub use secret::{Pepper, PepperError, Secret, digest};
