//! The names of a project's metrics.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use serde::Serialize;
use utoipa::ToSchema;

use crate::scan::{Incomplete, Rows, ScanError, text};

pub(crate) const COLUMNS: &[&str] = &["time_ns", "name", "unit", "description", "kind", "service_name"];

/// Names shown; by the alphabet.
const NAMES_MAX: usize = 5_000;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Metrics {
    metrics: Vec<Metric>,
    incomplete: Vec<Incomplete>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Metric {
    name: String,
    unit: Option<String>,
    /// gauge, sum, histogram, exponential_histogram or summary.
    kind: String,
    description: Option<String>,
    /// Who sends it.
    applications: Vec<String>,
    /// Data points in range.
    points: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Fold {
    by_name: BTreeMap<String, Tally>,
}

#[derive(Debug)]
struct Tally {
    unit: Option<String>,
    kind: String,
    description: Option<String>,
    applications: BTreeSet<String>,
    points: u64,
}

impl Fold {
    pub(crate) fn add(&mut self, batch: &RecordBatch) -> Result<(), ScanError> {
        let rows = Rows(batch);
        let (names, units) = (rows.texts("name")?, rows.texts("unit")?);
        let (descriptions, kinds) = (rows.texts("description")?, rows.texts("kind")?);
        let services = rows.texts("service_name")?;
        for row in 0..batch.num_rows() {
            let name = names.value(row);
            if !self.by_name.contains_key(name) {
                if self.by_name.len() >= NAMES_MAX {
                    continue;
                }
                let tally = Tally {
                    unit: text(units, row).map(str::to_owned),
                    kind: kinds.value(row).to_owned(),
                    description: text(descriptions, row).map(str::to_owned),
                    applications: BTreeSet::new(),
                    points: 0,
                };
                self.by_name.insert(name.to_owned(), tally);
            }
            let Some(tally) = self.by_name.get_mut(name) else { continue };
            tally.points += 1;
            if !tally.applications.contains(services.value(row)) {
                tally.applications.insert(services.value(row).to_owned());
            }
        }
        Ok(())
    }

    #[must_use]
    pub(crate) fn finish(self, incomplete: Vec<Incomplete>) -> Metrics {
        let metrics = self.by_name.into_iter().map(|(name, tally)| Metric {
            name,
            unit: tally.unit,
            kind: tally.kind,
            description: tally.description,
            applications: tally.applications.into_iter().collect(),
            points: tally.points,
        });
        Metrics { metrics: metrics.collect(), incomplete }
    }
}
