//! Applications of a project with rate, errors and duration of their transactions.

use std::collections::{HashMap, HashSet};

use arrow::array::{Array, RecordBatch};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Ms, durations::Durations};
use crate::{
    parse::{TimeRange, ms_of_ns},
    scan::{Incomplete, Rows, ScanError, text},
};

/// What is read for this answer, with the filter's columns.
pub(crate) const COLUMNS: &[&str] = &[
    "start_ns",
    "duration_ns",
    "status_code",
    "is_entry",
    "service_name",
    "service_instance",
    "telemetry_sdk_language",
];

/// More applications than this in one project are a mistake in `service.name`; the rest is left out by rate.
const APPLICATIONS_MAX: usize = 2_000;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Applications {
    /// Busiest first.
    applications: Vec<Application>,
    from_ms: Ms,
    to_ms: Ms,
    incomplete: Vec<Incomplete>,
}

/// One `service.name` and its transactions in range.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Application {
    name: String,
    instances: usize,
    transactions: u64,
    /// Transactions per second over the whole range.
    tps: f64,
    errors: u64,
    /// 0 to 1.
    error_rate: f64,
    p50_ms: Option<Ms>,
    p95_ms: Option<Ms>,
    p99_ms: Option<Ms>,
    mean_ms: Option<Ms>,
    /// Start of the newest transaction.
    last_seen_ms: Ms,
    /// `telemetry.sdk.language` of the agent.
    language: Option<String>,
}

/// Folds entry spans by application.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    by_name: HashMap<String, Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    durations: Durations,
    errors: u64,
    instances: HashSet<String>,
    last_ns: i64,
    language: Option<String>,
}

impl Fold {
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (starts, durations) = (rows.i64s("start_ns")?, rows.i64s("duration_ns")?);
        let statuses = rows.u8s("status_code")?;
        let (names, instances) = (rows.texts("service_name")?, rows.texts("service_instance")?);
        let languages = rows.texts("telemetry_sdk_language")?;
        for row in 0..batch.num_rows() {
            let name = names.value(row);
            // `entry` would copy each name; rows of one application lie together, so the look-up is cheap.
            if !self.by_name.contains_key(name) {
                self.by_name.insert(name.to_owned(), Tally::default());
            }
            let Some(tally) = self.by_name.get_mut(name) else { continue };
            tally.durations.add(durations.value(row));
            tally.errors += u64::from(super::status_word(statuses.value(row)) == "error");
            tally.last_ns = tally.last_ns.max(starts.value(row));
            if instances.is_valid(row) && !tally.instances.contains(instances.value(row)) {
                tally.instances.insert(instances.value(row).to_owned());
            }
            if tally.language.is_none() {
                tally.language = text(languages, row).map(str::to_owned);
            }
        }
        Ok(())
    }

    #[must_use]
    pub(crate) fn finish(self, range: TimeRange, incomplete: Vec<Incomplete>) -> Applications {
        let seconds = range.length_ns() as f64 / 1e9;
        let mut applications: Vec<Application> =
            self.by_name.into_iter().map(|(name, tally)| tally.finish(name, seconds)).collect();
        applications.sort_by(|a, b| b.transactions.cmp(&a.transactions).then_with(|| a.name.cmp(&b.name)));
        applications.truncate(APPLICATIONS_MAX);
        Applications { applications, from_ms: range.start_ms(), to_ms: range.end_ms(), incomplete }
    }
}

impl Tally {
    fn finish(self, name: String, seconds: f64) -> Application {
        let transactions = self.durations.count();
        Application {
            name,
            // Agents that name no instance are at least one.
            instances: self.instances.len().max(1),
            transactions,
            tps: transactions as f64 / seconds,
            errors: self.errors,
            error_rate: if transactions == 0 { 0.0 } else { self.errors as f64 / transactions as f64 },
            p50_ms: self.durations.quantile_ms(0.50),
            p95_ms: self.durations.quantile_ms(0.95),
            p99_ms: self.durations.quantile_ms(0.99),
            mean_ms: self.durations.mean_ms(),
            last_seen_ms: ms_of_ns(self.last_ns),
            language: self.language,
        }
    }
}
