//! Edges to NATS: packs in, live points, usage and the backlog out.

pub(crate) mod backlog;
pub(crate) mod cursor;
pub(crate) mod live;
pub(crate) mod packs;
pub(crate) mod put_aside;
pub(crate) mod stream;
pub(crate) mod usage;
