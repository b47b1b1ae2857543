//! Rows of rollups added up by their keys: by whoever merges, recounts or proves them.

use std::collections::{
    BTreeMap,
    btree_map::{Entry, IntoIter, Iter},
};

use arrow::{array::RecordBatch, error::ArrowError};

use super::{
    DecodeError, Grain, Histogram, Kind, RowKey, Summary,
    rows::{Builder, Rows},
};

/// Summaries by key, in the order of keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums(BTreeMap<RowKey, Summary>);

impl Sums {
    /// Adds the rows of a batch. Refuses rows of a kind that only a newer program knows: left out, they would be lost.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), DecodeError> {
        let rows = Rows::of(batch).ok_or(DecodeError::Inconsistent("a column of the key is missing"))?;
        for row in rows.iter() {
            let kind = row.kind().ok_or(DecodeError::Inconsistent("the kind is not known here"))?;
            let (service, name) = (row.service().into(), row.name().into());
            let key = RowKey { kind, at_ns: row.at_ns(), service, name };
            row.merge_into(self.0.entry(key).or_default())?;
        }
        Ok(())
    }

    /// Adds one more summary.
    pub fn merge(&mut self, key: RowKey, summary: Summary) {
        match self.0.entry(key) {
            Entry::Vacant(place) => {
                place.insert(summary);
            }
            Entry::Occupied(mut held) => held.get_mut().merge(&summary),
        }
    }

    /// The same in buckets of `grain`, which must be as coarse as they are or coarser.
    #[must_use]
    pub fn in_buckets(self, grain: Grain) -> Self {
        let mut coarser = Self::default();
        for (key, summary) in self.0 {
            coarser.merge(RowKey { at_ns: grain.floor(key.at_ns), ..key }, summary);
        }
        coarser
    }

    /// Takes [`Kind::EdgeTaken`] off [`Kind::Edge`], as readers do. Edges that nothing is left of are gone; those that are
    /// left know their shortest and longest calls by bucket only, whether something was taken off or not.
    #[must_use]
    pub fn net(mut self) -> Self {
        let taken = self.0.extract_if(.., |key, _| key.kind == Kind::EdgeTaken);
        let mut taken: BTreeMap<RowKey, Summary> =
            taken.map(|(key, summary)| (RowKey { kind: Kind::Edge, ..key }, summary)).collect();
        let nothing = Histogram::new();
        self.0.retain(|key, edge| {
            if key.kind != Kind::Edge {
                return true;
            }
            let taken = taken.remove(key);
            let (ok, failed) =
                taken.as_ref().map_or((&nothing, &nothing), |taken| (&taken.ok, &taken.failed));
            edge.ok = edge.ok.without(ok);
            edge.failed = edge.failed.without(failed);
            edge.total() > 0
        });
        self
    }

    pub fn retain(&mut self, wants: impl Fn(&RowKey) -> bool) {
        self.0.retain(|key, _| wants(key));
    }

    pub fn remove(&mut self, key: &RowKey) -> Option<Summary> {
        self.0.remove(key)
    }

    pub fn iter(&self) -> Iter<'_, RowKey, Summary> {
        self.0.iter()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As rows of [`crate::schema::rollups`].
    pub fn rows(&self) -> Result<RecordBatch, ArrowError> {
        let mut builder = Builder::default();
        for (key, summary) in &self.0 {
            builder.push(key.kind, key.at_ns, &key.service, &key.name, summary);
        }
        builder.finish()
    }
}

impl IntoIterator for Sums {
    type Item = (RowKey, Summary);
    type IntoIter = IntoIter<RowKey, Summary>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Sums {
    type Item = (&'a RowKey, &'a Summary);
    type IntoIter = Iter<'a, RowKey, Summary>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<(RowKey, Summary)> for Sums {
    fn from_iter<T: IntoIterator<Item = (RowKey, Summary)>>(rows: T) -> Self {
        let mut sums = Self::default();
        rows.into_iter().for_each(|(key, summary)| sums.merge(key, summary));
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: Kind, at_s: i64, name: &str, durations: &[u64]) -> (RowKey, Summary) {
        let mut summary = Summary::default();
        durations.iter().for_each(|ns| summary.count(*ns, false));
        let at_ns = at_s * 1_000_000_000;
        (RowKey { kind, at_ns, service: "service:shop".into(), name: name.into() }, summary)
    }

    #[test]
    fn what_was_taken_off_is_on_no_edge() {
        let sums = Sums::from_iter([
            row(Kind::Edge, 0, "external:stock", &[5]),
            row(Kind::EdgeTaken, 0, "external:stock", &[5]),
            row(Kind::Edge, 0, "service:stock", &[5, 7]),
            row(Kind::Service, 0, "", &[9]),
        ]);
        let totals: Vec<(Kind, u64)> = sums.net().iter().map(|(key, sum)| (key.kind, sum.total())).collect();
        assert_eq!(totals, [(Kind::Service, 1), (Kind::Edge, 2)]);
    }

    #[test]
    fn coarser_buckets_hold_neither_more_nor_less() {
        let rows = [(0, &[1, 2, 3][..]), (50, &[4, 5]), (60, &[6]), (3_600, &[7, 8])];
        let fine: Sums =
            rows.into_iter().map(|(at_s, durations)| row(Kind::Service, at_s, "", durations)).collect();
        let by_hour = fine.in_buckets(Grain::Minute).in_buckets(Grain::Hour);
        let totals: Vec<(i64, u64, u128)> =
            by_hour.iter().map(|(key, sum)| (key.at_ns, sum.total(), sum.ok.sum_ns())).collect();
        assert_eq!(totals, [(0, 6, 21), (3_600_000_000_000, 2, 15)]);
    }

    #[test]
    fn sums_come_back_from_their_rows() {
        let sums =
            Sums::from_iter([row(Kind::Service, 10, "", &[5]), row(Kind::Operation, 10, "GET /", &[5])]);
        let mut read = Sums::default();
        read.add(&sums.rows().unwrap()).unwrap();
        assert_eq!(read, sums);
    }
}
