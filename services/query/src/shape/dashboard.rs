//! The dashboard's figures of transactions, over time and in all, out of rollups.

use std::collections::BTreeMap;

use naru_ids::UnixMs;
use naru_lake::rollup::{DecodeError, Distinct, Grain, Kind, Row};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Ms, Subject,
    flow::{Flow, InFlight},
    people::{People, rounded},
    red::{Apdex, Red, Totals},
};
use crate::{
    parse::{Buckets, NS_PER_MS, Step, TimeRange},
    scan::Incomplete,
};

/// Beside the key.
pub(crate) const COLUMNS: &[&str] = &["ok", "failed", "apdex", "people"];

/// So long before the range transactions are looked for that may be in flight when it begins.
const BEFORE_NS: i64 = 60_000 * NS_PER_MS;

/// Series of equal length: one value per step, beginning at `from_ms`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Dashboard {
    from_ms: Ms,
    to_ms: Ms,
    step_ms: Ms,
    totals: Totals,
    /// Transactions that began, per second: of a step that is not over, of what has passed of it.
    tps: Vec<f64>,
    /// Transactions that ended, per second. Those that began within a minute before the range are among them.
    out: Vec<f64>,
    in_flight: InFlight,
    errors: Vec<u64>,
    /// 0 to 1; null without transactions.
    error_rate: Vec<Option<f64>>,
    p50_ms: Vec<Option<Ms>>,
    p95_ms: Vec<Option<Ms>>,
    p99_ms: Vec<Option<Ms>>,
    mean_ms: Vec<Option<Ms>>,
    /// Null without transactions.
    apdex: Vec<Option<f64>>,
    users: Users,
    incomplete: Vec<Incomplete>,
}

/// Different people. Null for one instance, of which nobody counts them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Users {
    /// Within the whole range, off by about 1.6 %.
    total: Option<u64>,
    per_step: Option<Vec<u64>>,
    /// What most of them are told apart by: `user`, `session` or `client` (address and browser).
    identity: Option<&'static str>,
    /// Others are told apart by something else.
    mixed: bool,
}

/// Adds rows up by step.
#[derive(Debug)]
pub(crate) struct Fold {
    of: Subject,
    step: Step,
    grain: Grain,
    /// `None`: of each application.
    apdex_t_ms: Option<u64>,
    columns: Vec<Column>,
    /// Transactions that began before the range, by where their bucket begins.
    before: BTreeMap<i64, Red>,
    people: People,
}

#[derive(Debug, Clone, Default)]
struct Column {
    red: Red,
    people: Distinct,
}

impl Fold {
    /// Of steps of whole buckets.
    pub(crate) fn new(of: Subject, (step, grain): (Step, Grain), apdex_t_ms: Option<u64>) -> Self {
        let columns = vec![Column::default(); step.columns()];
        Self { of, step, grain, apdex_t_ms, columns, before: BTreeMap::new(), people: People::default() }
    }

    /// What is to be read.
    pub(crate) fn buckets(&self) -> Buckets {
        let TimeRange { from_ns, to_ns } = self.step.range;
        let from_ns = self.grain.floor(from_ns.saturating_sub(BEFORE_NS));
        Buckets { grain: self.grain, range: TimeRange { from_ns, to_ns } }
    }

    /// `at_ns` is where the row's bucket begins.
    pub(crate) fn add(&mut self, kind: Kind, at_ns: i64, row: &Row<'_>) -> Result<(), DecodeError> {
        if !self.of.holds(kind, row.service(), row.name()) {
            return Ok(());
        }
        if at_ns < self.step.range.from_ns && kind != Kind::Users {
            return self.before.entry(at_ns).or_default().add(row);
        }
        let column = self.step.column_of(at_ns).and_then(|column| self.columns.get_mut(column));
        let Some(column) = column else { return Ok(()) };
        if kind != Kind::Users {
            return column.red.add(row);
        }
        let Some((identity, people)) = People::of(row)? else { return Ok(()) };
        column.people.merge(&people);
        self.people.merge(identity, &people);
        Ok(())
    }

    pub(crate) fn finish(self, now: UnixMs, incomplete: Vec<Incomplete>) -> Dashboard {
        let users = self.users();
        let step = self.step;
        let seconds = step.range.passed_seconds(now);
        let durations: Vec<_> = self.columns.iter().map(|column| column.red.durations()).collect();
        let quantile =
            |q| durations.iter().map(|held| held.quantile_ns(q).map(|ns| ns / 1e6)).collect::<Vec<_>>();
        let per_second = |(index, column): (usize, &Column)| {
            column.red.transactions() as f64 / step.column(index).passed_seconds(now)
        };
        let mut flow = Flow::of(step, now);
        for (&from_ns, red) in &self.before {
            let bucket = TimeRange { from_ns, to_ns: from_ns.saturating_add(self.grain.ns()) };
            flow.add(bucket, &red.durations());
        }
        for (column, durations) in durations.iter().enumerate() {
            flow.add(step.column(column), durations);
        }
        let mut total = Red::default();
        self.columns.iter().for_each(|column| total.merge(&column.red));
        let apdex = |red: &Red| self.apdex_t_ms.map_or_else(|| red.apdex(), |t_ms| red.apdex_at(t_ms));
        Dashboard {
            from_ms: step.range.start_ms(),
            to_ms: step.range.end_ms(),
            step_ms: step.ms(),
            totals: total.totals(seconds).with_apdex(apdex(&total)),
            tps: self.columns.iter().enumerate().map(per_second).collect(),
            out: flow.out(),
            in_flight: flow.in_flight(),
            errors: self.columns.iter().map(|column| column.red.errors()).collect(),
            error_rate: self.columns.iter().map(|column| column.red.error_rate()).collect(),
            p50_ms: quantile(0.50),
            p95_ms: quantile(0.95),
            p99_ms: quantile(0.99),
            mean_ms: durations.iter().map(|held| held.mean_ns().map(|ns| ns / 1e6)).collect(),
            apdex: self.columns.iter().map(|column| apdex(&column.red).map(Apdex::score)).collect(),
            users,
            incomplete,
        }
    }

    fn users(&self) -> Users {
        if matches!(self.of, Subject::Instance { .. }) {
            return Users { total: None, per_step: None, identity: None, mixed: false };
        }
        Users {
            total: Some(self.people.count()),
            per_step: Some(self.columns.iter().map(|column| rounded(&column.people)).collect()),
            identity: self.people.identity(),
            mixed: self.people.is_mixed(),
        }
    }
}
