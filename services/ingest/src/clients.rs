//! Edges out: one file per peer.

pub(crate) mod license;
