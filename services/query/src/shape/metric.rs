//! Metrics that agents sent: which there are, and any of them over time.

mod aggregate;
mod buckets;
mod increments;
mod levels;
pub(crate) mod list;
mod quantile;
pub(crate) mod series;

pub(crate) use aggregate::Aggregation;
