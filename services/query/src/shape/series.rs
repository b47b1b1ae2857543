//! One figure of transactions over time.

use arrow::array::RecordBatch;
use naru_http::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Ms, active_users, durations::Durations};
use crate::{
    parse::{Step, StepLimits},
    scan::{Incomplete, Rows, ScanError},
};

pub(crate) const COLUMNS: &[&str] = &["start_ns", "duration_ns", "status_code", "is_entry", "service_name"];

pub(crate) const STEP_LIMITS: StepLimits =
    StepLimits { field: "step", step_ms_min: 1_000, columns_usual: 180, columns_max: 2_000 };

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
// The metric list has a `Metric`, too; the document knows one meaning per name.
#[schema(as = SeriesMetric)]
pub(crate) enum Metric {
    /// Transactions per second.
    Tps,
    /// Failed transactions.
    Errors,
    /// Failed share of transactions, 0 to 1.
    ErrorRate,
    P50,
    P95,
    P99,
    Mean,
    /// Distinct users per step.
    ActiveUsers,
}

impl Metric {
    pub(crate) fn parse(text: &str) -> Result<Self, FieldError> {
        Ok(match text {
            "tps" => Self::Tps,
            "errors" => Self::Errors,
            "error_rate" => Self::ErrorRate,
            "p50" => Self::P50,
            "p95" => Self::P95,
            "p99" => Self::P99,
            "mean" => Self::Mean,
            "active_users" => Self::ActiveUsers,
            _ => {
                let message = "metric is tps, errors, error_rate, p50, p95, p99, mean or active_users";
                return Err(FieldError::new("metric", "invalid", message));
            }
        })
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Tps => "1/s",
            Self::Errors => "transactions",
            Self::ErrorRate => "ratio",
            Self::P50 | Self::P95 | Self::P99 | Self::Mean => "ms",
            Self::ActiveUsers => "users",
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Series {
    metric: Metric,
    unit: &'static str,
    from_ms: Ms,
    to_ms: Ms,
    step_ms: Ms,
    /// `[start of the step, value]`. A step without transactions counts 0 and has no latency: null.
    points: Vec<(Ms, Option<f64>)>,
    /// Of active_users only: what most of them are told apart by: `user`, `session` or `client`.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<&'static str>,
    incomplete: Vec<Incomplete>,
}

/// Folds entry spans into steps.
#[derive(Debug)]
pub(crate) struct Fold {
    metric: Metric,
    step: Step,
    columns: Vec<Column>,
}

#[derive(Debug, Clone, Default)]
struct Column {
    transactions: u64,
    errors: u64,
    durations: Durations,
}

impl Fold {
    #[must_use]
    pub(crate) fn new(metric: Metric, step: Step) -> Self {
        Self { metric, step, columns: vec![Column::default(); step.columns()] }
    }

    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (starts, durations) = (rows.i64s("start_ns")?, rows.i64s("duration_ns")?);
        let statuses = rows.u8s("status_code")?;
        let wants_durations = self.metric.unit() == "ms";
        for row in 0..batch.num_rows() {
            let column = self.step.column_of(starts.value(row));
            let Some(column) = column.and_then(|column| self.columns.get_mut(column)) else { continue };
            column.transactions += 1;
            column.errors += u64::from(super::status_word(statuses.value(row)) == "error");
            if wants_durations {
                column.durations.add(durations.value(row));
            }
        }
        Ok(())
    }

    #[must_use]
    pub(crate) fn finish(self, incomplete: Vec<Incomplete>) -> Series {
        let (metric, step) = (self.metric, self.step);
        let values =
            self.columns.iter().enumerate().map(|(index, column)| column.value(metric, step.seconds(index)));
        of_values(metric, step, values, None, incomplete)
    }
}

impl Column {
    fn value(&self, metric: Metric, seconds: f64) -> Option<f64> {
        match metric {
            Metric::Tps => Some(self.transactions as f64 / seconds),
            Metric::Errors => Some(self.errors as f64),
            Metric::ErrorRate => {
                (self.transactions > 0).then(|| self.errors as f64 / self.transactions as f64)
            }
            Metric::P50 => self.durations.quantile_ms(0.50),
            Metric::P95 => self.durations.quantile_ms(0.95),
            Metric::P99 => self.durations.quantile_ms(0.99),
            Metric::Mean => self.durations.mean_ms(),
            // Told apart by identity, not counted: see `active_users`.
            Metric::ActiveUsers => None,
        }
    }
}

/// Distinct users per step.
#[must_use]
pub(crate) fn of_active_users(fold: &active_users::Fold, step: Step, incomplete: Vec<Incomplete>) -> Series {
    let values = fold.counts().map(|count| Some(count as f64));
    of_values(Metric::ActiveUsers, step, values, fold.identity(), incomplete)
}

fn of_values(
    metric: Metric,
    step: Step,
    values: impl Iterator<Item = Option<f64>>,
    identity: Option<&'static str>,
    incomplete: Vec<Incomplete>,
) -> Series {
    Series {
        metric,
        unit: metric.unit(),
        from_ms: step.range.start_ms(),
        to_ms: step.range.end_ms(),
        step_ms: step.ms(),
        points: values.enumerate().map(|(column, value)| (step.start_ms(column), value)).collect(),
        identity,
        incomplete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_step_counts_zero_and_has_no_latency() {
        let empty = Column::default();
        for metric in [Metric::Tps, Metric::Errors] {
            assert_eq!(empty.value(metric, 10.0), Some(0.0), "{metric:?}");
        }
        for metric in [Metric::ErrorRate, Metric::P50, Metric::P95, Metric::P99, Metric::Mean] {
            assert_eq!(empty.value(metric, 10.0), None, "{metric:?}");
        }
    }

    #[test]
    fn every_metric_is_read_by_the_name_it_is_written_with() {
        for name in ["tps", "errors", "error_rate", "p50", "p95", "p99", "mean", "active_users"] {
            assert_eq!(serde_json::to_value(Metric::parse(name).unwrap()).unwrap(), name);
        }
        assert_eq!(Metric::parse("p42").unwrap_err().field, "metric");
    }
}
