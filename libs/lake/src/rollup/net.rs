//! Rollups as a reader sees them: without the calls that were counted too early.

use std::collections::BTreeMap;

use super::{Histogram, Kind, RowKey, Summary};

/// Takes [`Kind::EdgeTaken`] off [`Kind::Edge`]. Edges that nothing is left of are gone; those that are left know their
/// shortest and longest calls by bucket only, whether something was taken off or not.
#[must_use]
pub fn net(mut rows: BTreeMap<RowKey, Summary>) -> BTreeMap<RowKey, Summary> {
    let taken: Vec<(RowKey, Summary)> = rows.extract_if(.., |key, _| key.kind == Kind::EdgeTaken).collect();
    let mut taken: BTreeMap<RowKey, Summary> =
        taken.into_iter().map(|(key, summary)| (RowKey { kind: Kind::Edge, ..key }, summary)).collect();
    let nothing = Histogram::new();
    rows.retain(|key, edge| {
        if key.kind != Kind::Edge {
            return true;
        }
        let taken = taken.remove(key);
        let (ok, failed) = taken.as_ref().map_or((&nothing, &nothing), |taken| (&taken.ok, &taken.failed));
        edge.ok = edge.ok.without(ok);
        edge.failed = edge.failed.without(failed);
        edge.total() > 0
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: Kind, name: &str, durations: &[u64]) -> (RowKey, Summary) {
        let mut summary = Summary::default();
        durations.iter().for_each(|ns| summary.count(*ns, false));
        (RowKey { kind, at_ns: 0, service: "service:shop".into(), name: name.into() }, summary)
    }

    #[test]
    fn what_was_taken_off_is_on_no_edge() {
        let rows = BTreeMap::from([
            row(Kind::Edge, "external:stock", &[5]),
            row(Kind::EdgeTaken, "external:stock", &[5]),
            row(Kind::Edge, "service:stock", &[5, 7]),
            row(Kind::Service, "", &[9]),
        ]);
        let names: Vec<(Kind, u64)> = net(rows).iter().map(|(key, sum)| (key.kind, sum.total())).collect();
        assert_eq!(names, [(Kind::Service, 1), (Kind::Edge, 2)]);
    }
}
