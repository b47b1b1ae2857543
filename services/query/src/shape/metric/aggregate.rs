//! What a step shows of the points in it.

use naru_http::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

use super::quantile::Distribution;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Aggregation {
    Avg,
    /// Counters: what was added. Levels: of all series that are there at the same time, the mean of a step.
    Sum,
    Min,
    Max,
    /// Counters and histograms, per second.
    Rate,
    P50,
    P95,
    P99,
    /// Recorded values of histograms, points of everything else.
    Count,
}

impl Aggregation {
    /// Nothing for an empty text: then the metric's kind decides.
    pub(crate) fn parse(text: Option<&str>) -> Result<Option<Self>, FieldError> {
        Ok(Some(match text {
            None | Some("") => return Ok(None),
            Some("avg") => Self::Avg,
            Some("sum") => Self::Sum,
            Some("min") => Self::Min,
            Some("max") => Self::Max,
            Some("rate") => Self::Rate,
            Some("p50") => Self::P50,
            Some("p95") => Self::P95,
            Some("p99") => Self::P99,
            Some("count") => Self::Count,
            Some(_) => {
                let message = "aggregation is avg, sum, min, max, rate, p50, p95, p99 or count";
                return Err(FieldError::new("aggregation", "invalid", message));
            }
        }))
    }

    const fn quantile(self) -> Option<f64> {
        match self {
            Self::P50 => Some(0.50),
            Self::P95 => Some(0.95),
            Self::P99 => Some(0.99),
            _ => None,
        }
    }
}

/// What one point adds to its step, after cumulative series are turned into increments.
#[derive(Debug, Clone, Default)]
pub(super) struct Contribution {
    /// Recorded values in it: 1 for a gauge or sum.
    pub(super) count: f64,
    pub(super) sum: f64,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    /// Beyond which no value in `distribution` lies.
    pub(super) bounds: (Option<f64>, Option<f64>),
    pub(super) distribution: Option<Distribution>,
    /// A summary's own quantiles at 0.5, 0.95, 0.99.
    pub(super) quantiles: [Option<f64>; 3],
}

/// One step of one group.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    count: f64,
    sum: f64,
    min: Option<f64>,
    max: Option<f64>,
    distribution: Distribution,
    /// Of `distribution`; infinite as soon as one point did not say.
    bounds: Option<(f64, f64)>,
    /// Values of gauges and sums, for quantiles.
    values: Vec<f64>,
    /// Of all series together: what "sum" means for a level.
    level: Option<f64>,
    /// Sums and counts of a summary's quantiles.
    quantiles: [(f64, u32); 3],
}

impl Cell {
    pub(super) fn add(&mut self, added: &Contribution) {
        self.count += added.count;
        self.sum += added.sum;
        self.min = fold(self.min, added.min, f64::min);
        self.max = fold(self.max, added.max, f64::max);
        match &added.distribution {
            Some(distribution) => {
                self.distribution.merge(distribution);
                let least = added.bounds.0.unwrap_or(f64::NEG_INFINITY);
                let most = added.bounds.1.unwrap_or(f64::INFINITY);
                let held = self.bounds.unwrap_or((least, most));
                self.bounds = Some((held.0.min(least), held.1.max(most)));
            }
            None => self.values.push(added.sum),
        }
        for (own, quantile) in self.quantiles.iter_mut().zip(added.quantiles) {
            if let Some(value) = quantile {
                *own = (own.0 + value, own.1 + 1);
            }
        }
    }

    pub(super) fn set_level(&mut self, level: Option<f64>) {
        self.level = level;
    }

    /// `None` when nothing was recorded in the step, and when the question has no meaning for this kind.
    pub(super) fn value(&self, aggregation: Aggregation, is_level: bool, seconds: f64) -> Option<f64> {
        if is_level && aggregation == Aggregation::Sum {
            // It holds between two points, too.
            return self.level;
        }
        if self.count == 0.0 && self.values.is_empty() {
            // A histogram that recorded nothing still says so.
            return None;
        }
        match aggregation {
            Aggregation::Avg => (self.count > 0.0).then(|| self.sum / self.count),
            Aggregation::Sum => Some(self.sum),
            Aggregation::Min => self.min,
            Aggregation::Max => self.max,
            Aggregation::Rate if is_level => None,
            Aggregation::Rate => Some(self.rate_numerator() / seconds),
            Aggregation::Count => Some(self.count),
            Aggregation::P50 | Aggregation::P95 | Aggregation::P99 => self.quantile(aggregation.quantile()?),
        }
    }

    /// Per second, a counter grows by what was added; a histogram by how many values it recorded.
    fn rate_numerator(&self) -> f64 {
        if self.values.is_empty() { self.count } else { self.sum }
    }

    fn quantile(&self, q: f64) -> Option<f64> {
        let summary = match q {
            0.50 => self.quantiles[0],
            0.95 => self.quantiles[1],
            _ => self.quantiles[2],
        };
        if summary.1 > 0 {
            return Some(summary.0 / f64::from(summary.1));
        }
        if self.values.is_empty() {
            // A bucket reaches further than what was recorded in it.
            let (least, most) = self.bounds.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
            return self.distribution.quantile(q).map(|value| value.max(least).min(most));
        }
        let mut values = self.values.clone();
        values.sort_by(f64::total_cmp);
        let rank = ((q * values.len() as f64).ceil() as usize).clamp(1, values.len());
        values.get(rank - 1).copied()
    }
}

fn fold(a: Option<f64>, b: Option<f64>, pick: fn(f64, f64) -> f64) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(pick(a, b)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_one_bucket(bounds: (Option<f64>, Option<f64>)) -> Contribution {
        let mut distribution = Distribution::default();
        distribution.add(1.0, 2.5, 10.0);
        Contribution { count: 10.0, bounds, distribution: Some(distribution), ..Contribution::default() }
    }

    #[test]
    fn a_quantile_lies_within_what_was_recorded() {
        let mut cell = Cell::default();
        cell.add(&of_one_bucket((Some(1.2), Some(1.5))));
        assert_eq!(cell.value(Aggregation::P99, false, 1.0), Some(1.5));
        cell.add(&of_one_bucket((Some(1.1), Some(1.9))));
        assert_eq!(cell.value(Aggregation::P99, false, 1.0), Some(1.9));
        // One that does not say may hold anything of its bucket.
        cell.add(&of_one_bucket((None, None)));
        assert!(cell.value(Aggregation::P99, false, 1.0).unwrap() > 2.4);
    }
}
