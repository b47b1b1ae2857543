//! Rate, errors, durations and satisfaction out of rollups.

use naru_lake::rollup::{DecodeError, Histogram, Row, Summary};
use serde::Serialize;
use utoipa::ToSchema;

use super::Ms;

const NS_PER_MS: u64 = 1_000_000;

/// Transactions that were counted together.
#[derive(Debug, Clone, Default)]
pub(super) struct Red(Summary);

/// 0 (everybody frustrated) to 1. Every transaction is judged by the T of its application, exactly; at any other T that was
/// asked for, the score lies between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(crate) struct Apdex {
    /// Null where it was not the same for all.
    t_ms: Option<u64>,
    /// The middle of the bounds.
    score: f64,
    at_least: f64,
    at_most: f64,
}

/// All transactions of some time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Totals {
    transactions: u64,
    /// Per second.
    tps: f64,
    errors: u64,
    /// 0 to 1.
    error_rate: f64,
    p50_ms: Option<Ms>,
    p95_ms: Option<Ms>,
    p99_ms: Option<Ms>,
    mean_ms: Option<Ms>,
    max_ms: Option<Ms>,
    apdex: Option<Apdex>,
}

impl Totals {
    pub(super) fn with_apdex(self, apdex: Option<Apdex>) -> Self {
        Self { apdex, ..self }
    }
}

impl Apdex {
    pub(super) const fn score(self) -> f64 {
        self.score
    }
}

impl Red {
    pub(super) fn add_calls(&mut self, ok: &Histogram, failed: &Histogram) {
        self.0.ok.merge(ok);
        self.0.failed.merge(failed);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.0.merge(&other.0);
    }

    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), DecodeError> {
        row.merge_into(&mut self.0)
    }

    /// What the rows' name stands for.
    pub(super) fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    pub(super) const fn transactions(&self) -> u64 {
        self.0.total()
    }

    pub(super) const fn errors(&self) -> u64 {
        self.0.failed.count()
    }

    /// 0 to 1; `None` of nothing.
    pub(super) fn error_rate(&self) -> Option<f64> {
        (self.transactions() > 0).then(|| self.errors() as f64 / self.transactions() as f64)
    }

    pub(super) fn durations(&self) -> Histogram {
        let mut all = self.0.ok.clone();
        all.merge(&self.0.failed);
        all
    }

    /// At the T of each application.
    pub(super) fn apdex(&self) -> Option<Apdex> {
        let (t_ns, score) = self.0.satisfaction.own_score()?;
        Some(Apdex { t_ms: t_ns.map(|ns| ns / NS_PER_MS), score, at_least: score, at_most: score })
    }

    /// At this T.
    pub(super) fn apdex_at(&self, t_ms: u64) -> Option<Apdex> {
        let t_ns = t_ms.saturating_mul(NS_PER_MS);
        let bounds = self.0.satisfaction.score(&self.0.ok, self.errors(), t_ns)?;
        let score = f64::midpoint(bounds.at_least, bounds.at_most);
        Some(Apdex { t_ms: Some(t_ms), score, at_least: bounds.at_least, at_most: bounds.at_most })
    }

    /// Of so many seconds that have passed.
    pub(super) fn totals(&self, seconds: f64) -> Totals {
        let durations = self.durations();
        let quantile = |q| durations.quantile_ns(q).map(|ns| ns / 1e6);
        Totals {
            transactions: self.transactions(),
            tps: self.transactions() as f64 / seconds,
            errors: self.errors(),
            error_rate: self.error_rate().unwrap_or(0.0),
            p50_ms: quantile(0.50),
            p95_ms: quantile(0.95),
            p99_ms: quantile(0.99),
            mean_ms: durations.mean_ns().map(|ns| ns / 1e6),
            max_ms: durations.max_ns().map(|ns| ns as f64 / 1e6),
            apdex: self.apdex(),
        }
    }
}
