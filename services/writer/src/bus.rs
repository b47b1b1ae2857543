//! Edges to NATS: packs in, live points and usage out.

pub(crate) mod live;
pub(crate) mod packs;
pub(crate) mod stream;
pub(crate) mod usage;
