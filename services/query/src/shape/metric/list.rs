//! The names of a project's metrics.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use serde::Serialize;
use utoipa::ToSchema;

use crate::scan::{Incomplete, Rows, ScanError, text};

pub(crate) const COLUMNS: &[&str] = &["time_ns", "name", "unit", "description", "kind", "service_name"];

/// Names shown: the first by the alphabet.
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
                    // A name that gives way never comes back: from now on there are as many before it.
                    match self.by_name.last_entry() {
                        Some(last) if last.key().as_str() > name => drop(last.remove()),
                        _ => continue,
                    }
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

#[cfg(test)]
mod tests {
    use arrow::json::ReaderBuilder;
    use naru_lake::schema;
    use naru_signal::Signal;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_first_names_by_the_alphabet_are_kept_in_whatever_order_they_come() {
        let row = |number: usize| {
            json!({
                "time_ns": 1, "name": format!("m{number:05}"), "kind": "gauge", "service_name": "shop",
                "attributes": "", "resource": "", "received_ms": 1,
            })
        };
        let rows: Vec<Value> = (0..NAMES_MAX + 10).rev().chain([0]).map(row).collect();
        let mut decoder = ReaderBuilder::new(schema::of(Signal::Metrics).clone()).build_decoder().unwrap();
        decoder.serialize(&rows).unwrap();
        let mut fold = Fold::default();
        while let Some(batch) = decoder.flush().unwrap() {
            fold.add(&batch).unwrap();
        }
        let metrics = fold.finish(Vec::new()).metrics;
        let (first, last) = (&metrics[0], &metrics[NAMES_MAX - 1]);
        assert_eq!((metrics.len(), first.name.as_str(), first.points), (NAMES_MAX, "m00000", 2));
        assert_eq!(last.name, format!("m{:05}", NAMES_MAX - 1));
    }
}
