//! Attributes in columns: what a merged segment makes of the messages that agents sent, and back, byte for byte.
//!
//! An attribute that many rows have becomes a column of its own, `attr.<key>`. One that only repeats what a typed column
//! says is not stored at all. What is left of a row's attributes stays as it was, in `rest`. The column `shape` says how
//! a row's attributes follow from these: it numbers an entry of the segment's [`Shapes`], the keys in the order they were
//! sent. A row without a shape has all its attributes in `rest`. So nothing is lost, neither order nor duplicates nor
//! values of other types, and two rows with equal attributes have them in equal bytes again.

mod census;
mod promote;
mod reading;
mod shapes;
mod spelling;
mod wire;

pub(super) use census::Census;
pub(super) use promote::Promotion;
pub use shapes::{REST, SHAPE, SHAPES_KEY, Shapes};
pub use spelling::{double, spelled};
#[cfg(test)]
pub(super) use wire::put;
pub(super) use wire::{Plain, key_of, walk};

/// The logical column.
pub(super) const ATTRIBUTES: &str = "attributes";

#[cfg(test)]
mod tests;
