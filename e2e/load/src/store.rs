//! The second reader: the catalog's rows and the Parquet bytes they point to, with nothing of the product in between.

mod sealed;
mod segment;

pub use segment::LakeReader;
