//! Whole journeys on real binaries. One test at a time: each has the machine's two cores to itself.

#![expect(clippy::unwrap_used, reason = "helpers of tests may unwrap as tests do")]

mod controls;
mod disk;
mod figures;
mod isolation;
mod journey;
mod kills;
mod middleman;
