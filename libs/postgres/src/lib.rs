//! The door to Postgres: pool, transactions that cannot leak, tenant context, migrations.
//!
//! Transactions begin here and nowhere else: `sqlx`'s own `begin()` can be cut off between sending BEGIN and noting
//! it, which hands the next borrower a connection inside an open transaction.

mod error;
mod migration;
mod pool;
mod transaction;

pub use error::{Error, is_unavailable};
pub use migration::{check_schema, migrate};
pub use pool::{CONNECT_WAIT, Options, Pool};
pub use transaction::{TenantTx, Tx};
