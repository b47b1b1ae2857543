//! Instances of an application with rate, errors and duration of their transactions, out of rollups.

use std::collections::BTreeMap;

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
pub(crate) const COLUMNS: &[&str] = &["ok", "failed", "apdex"];
pub(crate) const KINDS: &[Kind] = &[Kind::Instance];

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Instances {
    from_ms: Ms,
    to_ms: Ms,
    /// Busiest first.
    instances: Vec<Instance>,
    incomplete: Vec<Incomplete>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Instance {
    /// `service.instance.id`, or what stands for it.
    name: String,
    #[serde(flatten)]
    totals: Totals,
    /// Where the newest bucket begins in which it had a transaction.
    last_seen_ms: Ms,
}

/// Adds up rows of one application.
#[derive(Debug)]
pub(crate) struct Fold {
    application: String,
    by_name: BTreeMap<String, (Red, i64)>,
}

impl Fold {
    pub(crate) const fn new(application: String) -> Self {
        Self { application, by_name: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, at_ns: i64, row: &Row<'_>) -> Result<(), DecodeError> {
        // Agents that name no instance are told apart by nothing.
        if row.service() != self.application || row.name().is_empty() {
            return Ok(());
        }
        let (red, last_ns) = self.by_name.entry(row.name().to_owned()).or_default();
        *last_ns = at_ns.max(*last_ns);
        red.add(row)
    }

    /// `seconds` of the range have passed.
    pub(crate) fn finish(self, range: TimeRange, seconds: f64, incomplete: Vec<Incomplete>) -> Instances {
        let mut all: Vec<(String, Red, i64)> =
            self.by_name.into_iter().map(|(name, (red, last_ns))| (name, red, last_ns)).collect();
        all.sort_by(|a, b| b.1.transactions().cmp(&a.1.transactions()).then_with(|| a.0.cmp(&b.0)));
        let instance = |(name, red, last_ns): (String, Red, i64)| Instance {
            name,
            totals: red.totals(seconds),
            last_seen_ms: ms_of_ns(last_ns),
        };
        let instances = all.into_iter().map(instance).collect();
        Instances { from_ms: range.start_ms(), to_ms: range.end_ms(), instances, incomplete }
    }
}
