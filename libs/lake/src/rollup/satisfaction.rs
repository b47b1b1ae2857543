//! APDEX counts, each with the T it was counted at: applications have their own, and change it.

use super::{Apdex, DecodeError, Histogram, apdex::ScoreBounds, varint, varint::Reader};

const VERSION: u8 = 1;

/// Exact counts by T (ns), rising.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Satisfaction(Vec<(u64, Apdex)>);

impl Satisfaction {
    #[inline]
    pub fn add(&mut self, duration_ns: u64, is_error: bool, threshold_ns: u64) {
        self.at(threshold_ns).add(duration_ns, is_error, threshold_ns);
    }

    pub fn merge(&mut self, other: &Self) {
        for (threshold_ns, counts) in &other.0 {
            self.at(*threshold_ns).merge(counts);
        }
    }

    #[inline]
    fn at(&mut self, threshold_ns: u64) -> &mut Apdex {
        let place = self.0.partition_point(|(held, _)| *held < threshold_ns);
        if self.0.get(place).is_none_or(|(held, _)| *held != threshold_ns) {
            self.0.insert(place, (threshold_ns, Apdex::default()));
        }
        &mut self.0[place].1
    }

    /// The score of everybody at the T they were counted at, exact; and that T, if it was the same for all.
    #[must_use]
    pub fn own_score(&self) -> Option<(Option<u64>, f64)> {
        let mut all = Apdex::default();
        self.0.iter().for_each(|(_, counts)| all.merge(counts));
        let t_ns = if let [(held, _)] = self.0[..] { Some(held) } else { None };
        all.score().map(|score| (t_ns, score))
    }

    /// The score at T: exact where all was counted at that T, else between bounds that the histogram gives.
    #[must_use]
    pub fn score(&self, succeeded: &Histogram, failed: u64, threshold_ns: u64) -> Option<ScoreBounds> {
        if let [(held, counts)] = self.0[..]
            && held == threshold_ns
        {
            return counts.score().map(|score| ScoreBounds { at_least: score, at_most: score });
        }
        Apdex::bounds(succeeded, failed, threshold_ns)
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        for (threshold_ns, counts) in &self.0 {
            for number in [*threshold_ns, counts.satisfied, counts.tolerating, counts.frustrated] {
                varint::put(&mut out, number);
            }
        }
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let version = reader.byte()?;
        if version != VERSION {
            return Err(DecodeError::Version(version));
        }
        let mut held: Vec<(u64, Apdex)> = Vec::new();
        while !reader.is_empty() {
            let threshold_ns = reader.u64()?;
            let (satisfied, tolerating, frustrated) = (reader.u64()?, reader.u64()?, reader.u64()?);
            if held.last().is_some_and(|(last, _)| *last >= threshold_ns) {
                return Err(DecodeError::Inconsistent("thresholds do not rise"));
            }
            held.push((threshold_ns, Apdex { satisfied, tolerating, frustrated }));
        }
        Ok(Self(held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn a_score_is_exact_at_the_t_it_was_counted_at_and_bounded_at_others() {
        let (mut counts, mut succeeded) = (Satisfaction::default(), Histogram::new());
        for ms in [100, 490, 700, 1_900, 5_000] {
            counts.add(ms * MS, false, 500 * MS);
            succeeded.add(ms * MS);
        }
        counts.add(10 * MS, true, 500 * MS);
        let exact = counts.score(&succeeded, 1, 500 * MS).unwrap();
        assert!((exact.at_least - 0.5).abs() < 1e-9 && exact.at_least == exact.at_most);
        assert_eq!(counts.own_score(), Some((Some(500 * MS), 0.5)));
        let other = counts.score(&succeeded, 1, 1_000 * MS).unwrap();
        assert!(other.at_least <= other.at_most && other.at_least > exact.at_least);
    }

    #[test]
    fn stored_bytes_stay_readable() {
        // Golden: written by version 1. A change of the format is a new version, and these still decode.
        let of = |counts: &[(u64, bool, u64)]| {
            let mut all = Satisfaction::default();
            counts.iter().for_each(|&(duration_ns, is_error, t_ns)| all.add(duration_ns, is_error, t_ns));
            all
        };
        let golden: [(Satisfaction, &[u8]); 3] = [
            (of(&[]), &[1]),
            (of(&[(1, false, 5), (6, false, 5), (21, false, 5), (1, true, 5)]), &[1, 5, 1, 1, 2]),
            (of(&[(1, false, 500), (1, false, 300)]), &[1, 172, 2, 1, 0, 0, 244, 3, 1, 0, 0]),
        ];
        for (counts, bytes) in golden {
            assert_eq!(counts.encode(), bytes);
            assert_eq!(Satisfaction::decode(bytes), Ok(counts));
        }
    }

    #[test]
    fn counts_of_two_t_stay_apart_and_come_back_from_bytes() {
        let (mut one, mut other) = (Satisfaction::default(), Satisfaction::default());
        one.add(1, false, 500);
        other.add(1, false, 300);
        other.add(999, false, 500);
        one.merge(&other);
        assert_eq!(
            one.0.iter().map(|(t, counts)| (*t, counts.satisfied)).collect::<Vec<_>>(),
            [(300, 1), (500, 1)]
        );
        assert_eq!(one.own_score(), Some((None, 2.5 / 3.0)));
        assert_eq!(Satisfaction::decode(&one.encode()).unwrap(), one);
        assert!(Satisfaction::decode(&[1, 5, 0, 0, 0, 5, 0, 0, 0]).is_err());
    }
}
