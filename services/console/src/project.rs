//! Projects: one platform in one region, in a group; what telemetry and license keys belong to.

pub mod board;
pub mod create;
pub mod test_trace;
pub mod watchers;
