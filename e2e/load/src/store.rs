//! The second reader: the catalog's rows and the Parquet bytes they point to, with nothing of the product in between; and
//! what the product hands out as plain Parquet.

mod export;
mod keys;
mod partitions;
mod sealed;
mod segment;
mod transactions;

pub use export::exported;
pub use segment::LakeReader;
pub use transactions::transactions;
