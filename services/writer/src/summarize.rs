//! From rows to rollups: what dashboards read, counted while the rows are still warm.
//!
//! Pure: no clock, no I/O. What is counted depends on the rows alone and not on their order, so counting stored spans
//! again gives the same; `naru-writer recompute` does. Only pairs of calls and answers may be fewer than in a recount, when
//! there was no room to wait for each other; see [`edges`].

mod calls;
mod columns;
mod edges;
mod exceptions;
mod key;
mod names;
mod peer;
mod project;
mod remembered;
mod share;
mod spans;
mod statements;
#[cfg(test)]
mod tests;
mod threshold;
mod waiting_room;

pub(crate) use calls::COLUMNS as CALL_COLUMNS;
pub(crate) use edges::KEPT_MS;
pub(crate) use key::Frozen;
pub(crate) use names::NameChanges;
pub(crate) use names::TenantNames;
pub(crate) use project::Project;
pub(crate) use remembered::Memory;
pub(crate) use share::Share;
#[cfg(test)]
pub(crate) use waiting_room::END_BYTES;
pub(crate) use waiting_room::WaitingRoom;
