//! Tenants: the companies that sign up, and the names they may have.

pub mod name;
pub mod reserved;
pub mod skeleton;
