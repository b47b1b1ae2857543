//! Rollups: what dashboards read, as arithmetic alone.
//!
//! Everything here is a pure function of what is put in: no I/O, no clock, no randomness, no dependence on the order of
//! arrival. So `rollup == recompute(spans)` holds to the byte, and it is the correctness oracle of the lake. Every
//! summary merges with others of its kind, and equal summaries have equal bytes.

pub mod exception;
pub mod sql;
