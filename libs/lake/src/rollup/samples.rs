//! A few spans out of many, chosen by what they are and never by when they came.

use super::{DecodeError, varint, varint::Reader};

/// Samples kept per row.
pub const SAMPLES_MAX: usize = 10;
const VERSION: u8 = 1;

/// One span. The higher the rank, the rather it is kept: a duration for the slowest, a hash for any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sample {
    pub rank: u64,
    pub trace_id: [u8; 16],
    pub span_id: [u8; 8],
    /// Unix ns.
    pub start_ns: i64,
    pub duration_ns: u64,
    pub is_error: bool,
}

/// The [`SAMPLES_MAX`] of highest rank, highest first. Merging is exact in any order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Samples(Vec<Sample>);

impl Samples {
    pub fn add(&mut self, sample: Sample) {
        if self.0.len() == SAMPLES_MAX && self.0.last().is_some_and(|last| *last >= sample) {
            return;
        }
        let place = self.0.partition_point(|held| *held > sample);
        if self.0.get(place) != Some(&sample) {
            self.0.insert(place, sample);
            self.0.truncate(SAMPLES_MAX);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|sample| self.add(*sample));
    }

    /// Highest rank first.
    pub fn iter(&self) -> impl Iterator<Item = &Sample> {
        self.0.iter()
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1 + self.0.len() * 48);
        out.push(VERSION);
        for sample in &self.0 {
            varint::put(&mut out, sample.rank);
            out.extend_from_slice(&sample.trace_id);
            out.extend_from_slice(&sample.span_id);
            out.extend_from_slice(&sample.start_ns.to_le_bytes());
            varint::put(&mut out, sample.duration_ns);
            out.push(u8::from(sample.is_error));
        }
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let version = reader.byte()?;
        if version != VERSION {
            return Err(DecodeError::Version(version));
        }
        let mut samples = Self::default();
        while !reader.is_empty() {
            if samples.0.len() == SAMPLES_MAX {
                return Err(DecodeError::Inconsistent("more samples than are kept"));
            }
            let sample = Sample {
                rank: reader.u64()?,
                trace_id: reader.array()?,
                span_id: reader.array()?,
                start_ns: i64::from_le_bytes(reader.array()?),
                duration_ns: reader.u64()?,
                is_error: reader.byte()? != 0,
            };
            if samples.0.last().is_some_and(|last| *last <= sample) {
                return Err(DecodeError::Inconsistent("samples are not in order"));
            }
            samples.0.push(sample);
        }
        Ok(samples)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(rank: u64) -> Sample {
        let id = rank.to_be_bytes();
        Sample {
            rank,
            trace_id: [7; 16],
            span_id: id,
            start_ns: -5,
            duration_ns: rank,
            is_error: rank.is_multiple_of(2),
        }
    }

    #[test]
    fn stored_bytes_stay_readable() {
        // Golden: written by version 1. A change of the format is a new version, and these still decode.
        let trace = [7; 16];
        let start = [251, 255, 255, 255, 255, 255, 255, 255];
        let of_two = [1, 172, 2].into_iter().chain(trace).chain([0, 0, 0, 0, 0, 0, 1, 44]).chain(start);
        let of_two =
            of_two.chain([172, 2, 1]).chain([3]).chain(trace).chain([0, 0, 0, 0, 0, 0, 0, 3]).chain(start);
        let golden = [(vec![], vec![1]), (vec![3, 300], of_two.chain([3, 0]).collect())];
        for (ranks, bytes) in golden {
            let mut samples = Samples::default();
            ranks.into_iter().for_each(|rank| samples.add(sample(rank)));
            assert_eq!(samples.encode(), bytes);
            assert_eq!(Samples::decode(&bytes), Ok(samples));
        }
    }

    #[test]
    fn the_highest_ranks_are_kept_and_each_once() {
        let mut samples = Samples::default();
        (0..30).chain(0..30).for_each(|rank| samples.add(sample(rank)));
        let ranks: Vec<u64> = samples.iter().map(|sample| sample.rank).collect();
        assert_eq!(ranks, (20..30).rev().collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_samples_and_bytes(ranks: Vec<u64>, at: prop::sample::Index) {
            let of = |ranks: &[u64]| {
                let mut samples = Samples::default();
                ranks.iter().for_each(|rank| samples.add(sample(*rank)));
                samples
            };
            let (left, right) = ranks.split_at(if ranks.is_empty() { 0 } else { at.index(ranks.len()) });
            let mut merged = of(right);
            merged.merge(&of(left));
            prop_assert_eq!(&merged, &of(&ranks));
            prop_assert_eq!(Samples::decode(&merged.encode()).unwrap(), merged);
        }

        #[test]
        fn nonsense_is_refused_or_a_set_of_samples(bytes: Vec<u8>) {
            if let Ok(samples) = Samples::decode(&bytes) {
                prop_assert!(samples.0.len() <= SAMPLES_MAX);
            }
        }
    }
}
