//! Whose request this is, and whether it may come in now.

pub(crate) mod backlog;
pub(crate) mod claims;
pub(crate) mod key;
pub(crate) mod limit;
