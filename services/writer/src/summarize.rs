//! From rows to rollups: what dashboards read, counted while the rows are still warm.
//!
//! Pure: no clock, no I/O. What is counted depends on the rows alone and not on their order, so counting stored spans
//! again gives the same; `naru-writer recompute` does.

mod calls;
mod columns;
mod edges;
mod exceptions;
mod key;
mod names;
mod peer;
mod project;
mod spans;
mod statements;
#[cfg(test)]
mod tests;
mod waiting_room;

pub(crate) use calls::COLUMNS as CALL_COLUMNS;
pub(crate) use edges::KEPT_MS;
pub(crate) use key::Frozen;
pub(crate) use project::Project;
pub(crate) use waiting_room::WaitingRoom;
#[cfg(test)]
pub(crate) use waiting_room::END_BYTES;
