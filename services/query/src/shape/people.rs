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

    /// Not all of them are told apart by the same.
    pub(crate) fn is_mixed(&self) -> bool {
        self.0.iter().filter(|people| people.estimate() > 0.0).count() > 1
    }
}

pub(crate) fn rounded(people: &Distinct) -> u64 {
    people.estimate().round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_mixed_when_not_all_are_told_apart_by_the_same() {
        let some = |hashes: std::ops::Range<u64>| {
            let mut people = Distinct::new();
            hashes.for_each(|hash| people.add((hash + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            people
        };
        let mut people = People::default();
        assert_eq!((people.identity(), people.is_mixed()), (None, false));
        people.merge(Identity::Session, &some(0..5));
        assert_eq!((people.identity(), people.is_mixed()), (Some("session"), false));
        people.merge(Identity::Client, &some(5..7));
        assert_eq!((people.identity(), people.is_mixed(), people.count()), (Some("session"), true, 7));
    }
}
