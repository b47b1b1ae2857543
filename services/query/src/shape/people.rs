//! Different people out of rollups, by what they are told apart by.

use naru_lake::rollup::{DecodeError, Distinct, Identity, Row, Summary};

/// People of one range.
#[derive(Debug, Clone, Default)]
pub(crate) struct People([Distinct; 3]);

impl People {
    /// Those of a row of `Kind::Users`, whose name says what they are told apart by. `None` of a name that nobody knows.
    pub(crate) fn of(row: &Row<'_>) -> Result<Option<(Identity, Distinct)>, DecodeError> {
        let Some(identity) = Identity::parse(row.name()) else { return Ok(None) };
        let mut summary = Summary::default();
        row.merge_into(&mut summary)?;
        Ok(Some((identity, summary.people)))
    }

    pub(crate) fn merge(&mut self, identity: Identity, people: &Distinct) {
        self.0[identity as usize].merge(people);
    }

    /// How many there are, off by about 1.6 %.
    pub(crate) fn count(&self) -> u64 {
        let mut all = Distinct::new();
        self.0.iter().for_each(|people| all.merge(people));
        rounded(&all)
    }

    /// What most of them are told apart by; `None` of nobody.
    pub(crate) fn identity(&self) -> Option<&'static str> {
        let size = |identity: Identity| self.0[identity as usize].estimate();
        let most = Identity::ALL.into_iter().rev().max_by(|a, b| size(*a).total_cmp(&size(*b)));
        most.filter(|identity| size(*identity) > 0.0).map(Identity::as_str)
    }
}

pub(crate) fn rounded(people: &Distinct) -> u64 {
    people.estimate().round() as u64
}
