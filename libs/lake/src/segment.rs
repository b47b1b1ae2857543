//! Segments: rows of one tenant, project, signal and UTC day, as Parquet, in one extent of an object.

mod read;
mod write;

pub use read::{ExtentReader, read_all};
pub use write::{Extent, write};

#[cfg(test)]
mod tests;
