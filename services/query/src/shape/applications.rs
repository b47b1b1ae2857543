//! Applications of a project with rate, errors and duration of their transactions, out of rollups.

use std::collections::{BTreeSet, HashMap};

use naru_lake::rollup::{DecodeError, Kind, Row};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Ms,
    red::{Red, Totals},
};
use crate::{
    parse::{TimeRange, ms_of_ns},
    scan::Incomplete,
};

/// Beside the key.
pub(crate) const COLUMNS: &[&str] = &["ok", "failed", "apdex", "text"];
pub(crate) const KINDS: &[Kind] = &[Kind::Service, Kind::Instance];

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
    #[serde(flatten)]
    totals: Totals,
    /// Where the newest bucket begins in which it had a transaction.
    last_seen_ms: Ms,
    /// `telemetry.sdk.language` of the agent.
    language: Option<String>,
}

/// Adds up rows by application.
#[derive(Debug, Default)]
pub(crate) struct Fold {
    /// Into `tallies`.
    by_name: HashMap<String, usize>,
    tallies: Vec<Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    red: Red,
    instances: BTreeSet<String>,
    last_ns: i64,
}

impl Fold {
    pub(crate) fn add(&mut self, kind: Kind, row: &Row<'_>) -> Result<(), DecodeError> {
        // `entry` would copy each name; there are few, and each comes a thousand times.
        let known = self.by_name.get(row.service()).copied();
        let index = known.unwrap_or_else(|| {
            self.by_name.insert(row.service().to_owned(), self.tallies.len());
            self.tallies.push(Tally::default());
            self.tallies.len() - 1
        });
        let tally = &mut self.tallies[index];
        if kind == Kind::Service {
            // Of what is recent, buckets of 10 s are read, however coarse the sums.
            tally.last_ns = row.at_ns().max(tally.last_ns);
            return tally.red.add(row);
        }
        if !row.name().is_empty() && !tally.instances.contains(row.name()) {
            tally.instances.insert(row.name().to_owned());
        }
        Ok(())
    }

    /// `seconds` of the range have passed.
    #[must_use]
    pub(crate) fn finish(
        mut self,
        range: TimeRange,
        seconds: f64,
        incomplete: Vec<Incomplete>,
    ) -> Applications {
        let named = self.by_name.into_iter();
        let mut all: Vec<(String, Tally)> =
            named.map(|(name, index)| (name, std::mem::take(&mut self.tallies[index]))).collect();
        all.sort_by(|a, b| b.1.red.transactions().cmp(&a.1.red.transactions()).then_with(|| a.0.cmp(&b.0)));
        let applications = all.into_iter().map(|(name, tally)| tally.finish(name, seconds)).collect();
        Applications { applications, from_ms: range.start_ms(), to_ms: range.end_ms(), incomplete }
    }
}

impl Tally {
    fn finish(self, name: String, seconds: f64) -> Application {
        Application {
            name,
            // Agents that name no instance are at least one.
            instances: self.instances.len().max(1),
            totals: self.red.totals(seconds),
            last_seen_ms: ms_of_ns(self.last_ns),
            language: self.red.text().map(str::to_owned),
        }
    }
}
