//! The lake: how telemetry is stored and found.
//!
//! Rows are Arrow ([`schema`]), stored as extents ([`segment`]), sealed ([`seal`]) with their tenant's key ([`KeyRing`]),
//! inside bundle objects ([`path`], [`store`]), and found through a catalog in Postgres ([`catalog`]). The writer service is the only one that writes here; query reads.
//! Nothing in this crate decides who may see a row: the catalog's row-level security does, by the tenant of the
//! transaction.

mod cache;
pub mod catalog;
mod error;
mod key_ring;
pub mod path;
pub mod rollup;
pub mod schema;
pub mod seal;
pub mod segment;
pub mod store;

pub use cache::DiskCache;
pub use error::Error;
pub use key_ring::{KeyRing, SealingKey};

/// The migrations of schema `lake`; run by the writer as the owner.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// The Postgres schema that [`MIGRATOR`] makes.
pub const SCHEMA: &str = "lake";
