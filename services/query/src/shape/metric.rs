//! Metrics that agents sent: which there are, and any of them over time.

mod aggregate;
mod buckets;
mod increments;
mod levels;
pub(crate) mod list;
mod quantile;
pub(crate) mod series;

pub(crate) use aggregate::Aggregation;

use self::{buckets::Buckets, quantile::Distribution};

/// Median, 95th and 99th percentile of what a cumulative distribution gained since an `earlier` one, both as they are stored;
/// `None` when either is unreadable, when they do not fit, or when there are none. For fuzzing.
#[must_use]
pub fn quantiles_since(now: &str, earlier: &str) -> Option<[f64; 3]> {
    let gained = Buckets::parse(now)?.since(&Buckets::parse(earlier)?)?;
    let mut all = Distribution::default();
    gained.add_to(&mut all);
    Some([all.quantile(0.5)?, all.quantile(0.95)?, all.quantile(0.99)?])
}
