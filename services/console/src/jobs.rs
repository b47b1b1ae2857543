//! What console does by itself, again and again: one file per job. A round that fails is tried again.

pub mod expire;
pub mod first_data;
pub mod health;
pub mod mail;
