//! The `buckets` column: explicit bounds, base-2 exponential buckets, or a summary's quantiles.

use std::ops::RangeInclusive;

use serde::Deserialize;

use super::quantile::Distribution;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Buckets {
    Explicit(Explicit),
    Exponential(Exponential),
    Summary { quantiles: Vec<(f64, f64)> },
}

/// What OpenTelemetry's data model allows. Beyond it lie mistakes and ill will, and numbers that overflow.
const SCALES: RangeInclusive<i32> = -10..=20;

/// One count more than bounds; the last is of values over every bound.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Explicit {
    bounds: Vec<f64>,
    counts: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Exponential {
    scale: i32,
    #[serde(default)]
    zero_count: f64,
    #[serde(default)]
    zero_threshold: f64,
    #[serde(default)]
    positive: Range,
    #[serde(default)]
    negative: Range,
}

/// Bucket `offset + i` holds `(base^(offset+i), base^(offset+i+1)]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
struct Range {
    #[serde(default)]
    offset: i32,
    #[serde(default)]
    counts: Vec<f64>,
}

impl Buckets {
    /// `None` when unreadable; count and sum of the point stay what they are.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let buckets = serde_json::from_str(text).ok()?;
        match &buckets {
            Self::Exponential(histogram) if !SCALES.contains(&histogram.scale) => None,
            _ => Some(buckets),
        }
    }

    /// In memory beside itself.
    pub(super) fn bytes(&self) -> usize {
        size_of::<f64>()
            * match self {
                Self::Explicit(histogram) => histogram.bounds.len() + histogram.counts.len(),
                Self::Exponential(histogram) => {
                    histogram.positive.counts.len() + histogram.negative.counts.len()
                }
                Self::Summary { quantiles } => 2 * quantiles.len(),
            }
    }

    /// What was added since `earlier`, of one cumulative series. `None` when the two do not fit: a reset.
    pub(super) fn since(&self, earlier: &Self) -> Option<Self> {
        match (self, earlier) {
            (Self::Explicit(now), Self::Explicit(then)) if now.bounds == then.bounds => {
                let counts = minus(&now.counts, &then.counts)?;
                Some(Self::Explicit(Explicit { bounds: now.bounds.clone(), counts }))
            }
            (Self::Exponential(now), Self::Exponential(then)) => now.since(then).map(Self::Exponential),
            (Self::Summary { .. }, Self::Summary { .. }) => Some(self.clone()),
            _ => None,
        }
    }

    pub(super) fn add_to(&self, all: &mut Distribution) {
        match self {
            Self::Explicit(Explicit { bounds, counts }) => {
                for (index, count) in counts.iter().enumerate() {
                    let lower = index.checked_sub(1).and_then(|below| bounds.get(below)).copied();
                    let upper = bounds.get(index).copied();
                    all.add(lower.unwrap_or(f64::NEG_INFINITY), upper.unwrap_or(f64::INFINITY), *count);
                }
            }
            Self::Exponential(histogram) => histogram.add_to(all),
            Self::Summary { .. } => {}
        }
    }

    /// The value an agent's own summary gives for `q`.
    pub(super) fn summary_quantile(&self, q: f64) -> Option<f64> {
        let Self::Summary { quantiles } = self else { return None };
        quantiles.iter().find(|(of, _)| (of - q).abs() < 1e-6).map(|(_, value)| *value)
    }
}

impl Exponential {
    fn since(&self, earlier: &Self) -> Option<Self> {
        // Exporters only ever coarsen; a finer scale than before is a new start.
        let coarser_by = u32::try_from(i64::from(earlier.scale) - i64::from(self.scale)).ok()?;
        let zero_count = self.zero_count - earlier.zero_count;
        (zero_count >= 0.0).then_some(())?;
        Some(Self {
            scale: self.scale,
            zero_count,
            zero_threshold: self.zero_threshold,
            positive: self.positive.since(&earlier.positive.coarsened(coarser_by))?,
            negative: self.negative.since(&earlier.negative.coarsened(coarser_by))?,
        })
    }

    fn add_to(&self, all: &mut Distribution) {
        let base_log2 = (-f64::from(self.scale)).exp2();
        // No value lies beyond the largest double, whatever an index says.
        let bound = |index: i64| (index as f64 * base_log2).exp2().min(f64::MAX);
        for (index, count) in self.positive.buckets() {
            all.add(bound(index), bound(index + 1), count);
        }
        for (index, count) in self.negative.buckets() {
            all.add(-bound(index + 1), -bound(index), count);
        }
        all.add(-self.zero_threshold, self.zero_threshold, self.zero_count);
    }
}

impl Range {
    fn buckets(&self) -> impl Iterator<Item = (i64, f64)> {
        (i64::from(self.offset)..).zip(self.counts.iter().copied())
    }

    /// The same counts at a scale lower by `by`: 2^by neighbours become one.
    fn coarsened(&self, by: u32) -> Self {
        let by = by.min(31);
        let mut coarse = Self { offset: self.offset >> by, counts: Vec::new() };
        for (index, count) in self.buckets() {
            let place = usize::try_from((index >> by) - i64::from(coarse.offset)).unwrap_or(0);
            if place >= coarse.counts.len() {
                coarse.counts.resize(place + 1, 0.0);
            }
            coarse.counts[place] += count;
        }
        coarse
    }

    /// `None` when any bucket holds less than before.
    fn since(&self, earlier: &Self) -> Option<Self> {
        let mut counts = self.counts.clone();
        for (index, count) in earlier.buckets().filter(|(_, count)| *count > 0.0) {
            let place = usize::try_from(index - i64::from(self.offset)).ok()?;
            let now = counts.get_mut(place)?;
            *now -= count;
            (*now >= 0.0).then_some(())?;
        }
        Some(Self { offset: self.offset, counts })
    }
}

fn minus(now: &[f64], then: &[f64]) -> Option<Vec<f64>> {
    if now.len() != then.len() {
        return None;
    }
    let counts: Vec<f64> = now.iter().zip(then).map(|(now, then)| now - then).collect();
    counts.iter().all(|count| *count >= 0.0).then_some(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantile(buckets: &Buckets, q: f64) -> f64 {
        let mut all = Distribution::default();
        buckets.add_to(&mut all);
        all.quantile(q).unwrap()
    }

    #[test]
    fn every_shape_the_writer_stores_is_read() {
        let explicit = Buckets::parse(r#"{"bounds":[1,2],"counts":[0,10,0]}"#).unwrap();
        assert!((quantile(&explicit, 0.5) - 1.5).abs() < 1e-9);
        let exponential = r#"{"scale":0,"zero_count":1,"zero_threshold":0,"positive":{"offset":1,"counts":[4]},
                              "negative":{"offset":0,"counts":[]}}"#;
        assert!((quantile(&Buckets::parse(exponential).unwrap(), 1.0) - 4.0).abs() < 1e-9);
        let summary = Buckets::parse(r#"{"quantiles":[[0.5,7],[0.99,9]]}"#).unwrap();
        assert_eq!((summary.summary_quantile(0.99), summary.summary_quantile(0.9)), (Some(9.0), None));
        assert_eq!(Buckets::parse("[]"), None);
    }

    #[test]
    fn a_cumulative_histogram_gives_what_was_added_or_a_reset() {
        let earlier = Buckets::parse(r#"{"bounds":[1],"counts":[3,1]}"#).unwrap();
        let now = Buckets::parse(r#"{"bounds":[1],"counts":[5,1]}"#).unwrap();
        assert_eq!(now.since(&earlier), Buckets::parse(r#"{"bounds":[1],"counts":[2,0]}"#));
        assert_eq!(earlier.since(&now), None);
    }

    #[test]
    fn exponential_buckets_of_a_finer_scale_are_merged_before_they_are_subtracted() {
        let text = |scale, offset, counts: &str| {
            Buckets::parse(&format!(
                r#"{{"scale":{scale},"positive":{{"offset":{offset},"counts":{counts}}}}}"#
            ))
            .unwrap()
        };
        let (fine, coarse) = (text(1, -3, "[1,1,1,1]"), text(0, -2, "[1,2,5]"));
        // Fine buckets -3,-2,-1,0 are coarse -2,-1,-1,0.
        assert_eq!(coarse.since(&fine), Some(text(0, -2, "[0,0,4]")));
        assert_eq!(fine.since(&coarse), None);
    }

    #[test]
    fn indices_and_scales_at_the_end_of_their_type_give_no_nonsense() {
        let text = |scale: i32, offset: i32| {
            let side = format!(r#"{{"offset":{offset},"counts":[1,1,2]}}"#);
            format!(r#"{{"scale":{scale},"positive":{side},"negative":{side}}}"#)
        };
        for scale in [i32::MIN, -11, 21, i32::MAX] {
            assert_eq!(Buckets::parse(&text(scale, 0)), None, "scale {scale}");
        }
        for (scale, offset) in [(-10, i32::MAX), (20, i32::MAX), (0, i32::MIN), (20, i32::MIN)] {
            let buckets = Buckets::parse(&text(scale, offset)).unwrap();
            assert!(quantile(&buckets, 0.9).is_finite() && quantile(&buckets, 0.1).is_finite());
            let earlier = Buckets::parse(&text(20, offset)).unwrap();
            assert!(buckets.since(&buckets).is_some());
            assert!(buckets.since(&earlier).is_none() || scale == 20, "scale {scale}, offset {offset}");
        }
        // 2^(2^31 - 1) is no double: the largest one is.
        assert_eq!(quantile(&Buckets::parse(&text(0, i32::MAX)).unwrap(), 1.0), f64::MAX);
    }
}
