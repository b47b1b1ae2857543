//! Questions that other services ask console over NATS: one file per subject.

pub mod caller;
