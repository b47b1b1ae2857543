//! How long things took: OpenTelemetry's base-2 exponential histogram at scale 4, over durations in ns.
//!
//! Sixteen buckets per doubling, so a percentile is off by at most 2.2 %. Buckets are counters: histograms merge by
//! addition and exactly, any split and any order of the same durations gives the same histogram and the same bytes.
//! No t-digest can say that, and a replay must equal a recompute.
//!
//! In memory it is the window of buckets between the shortest and the longest duration, 8 bytes each: some 500 B for an
//! ordinary operation, 8 KiB when nanoseconds and centuries meet.

mod bytes;
mod scale;
#[cfg(test)]
mod tests;
mod without;

pub use scale::{SCALE_MAX, index_of, longest_ns};

/// Counts of durations, with their exact number, sum, minimum and maximum.
///
/// Counters stop at their largest value instead of wrapping; that too is independent of order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    scale: u8,
    /// Durations of 0 ns, which have no logarithm.
    zeros: u64,
    count: u64,
    sum_ns: u128,
    /// `u64::MAX` while nothing was counted, so that the smaller one always wins.
    min_ns: u64,
    max_ns: u64,
    /// The index of the first of `counts`; 0 while there are none.
    first: i16,
    /// Neither the first nor the last is 0: equal histograms are equal field by field.
    counts: Vec<u64>,
}

/// A number that is known to lie between two others, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    pub at_least: u64,
    pub at_most: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl Histogram {
    #[must_use]
    pub const fn new() -> Self {
        Self {
            scale: SCALE_MAX,
            zeros: 0,
            count: 0,
            sum_ns: 0,
            min_ns: u64::MAX,
            max_ns: 0,
            first: 0,
            counts: Vec::new(),
        }
    }

    /// Counts one duration.
    #[inline]
    pub fn add(&mut self, duration_ns: u64) {
        self.add_many(duration_ns, 1);
    }

    /// Counts `times` equal durations.
    #[inline]
    pub fn add_many(&mut self, duration_ns: u64, times: u64) {
        if times == 0 {
            return;
        }
        self.count = self.count.saturating_add(times);
        // The largest product is below 2^128.
        self.sum_ns = self.sum_ns.saturating_add(u128::from(duration_ns) * u128::from(times));
        self.min_ns = self.min_ns.min(duration_ns);
        self.max_ns = self.max_ns.max(duration_ns);
        if duration_ns == 0 {
            self.zeros = self.zeros.saturating_add(times);
        } else {
            self.add_to_bucket(index_of(duration_ns) >> (SCALE_MAX - self.scale), times);
        }
    }

    #[inline]
    fn add_to_bucket(&mut self, index: i16, times: u64) {
        // An index below the window wraps to a place beyond it.
        let place = usize::from(index.wrapping_sub(self.first) as u16);
        match self.counts.get_mut(place) {
            Some(count) => *count = count.saturating_add(times),
            None => *self.widen_to(index) = times,
        }
    }

    /// Makes the window reach `index`, which is outside of it: at most some thousand times in a life.
    #[cold]
    fn widen_to(&mut self, index: i16) -> &mut u64 {
        if self.counts.is_empty() {
            self.first = index;
        }
        if index < self.first {
            let more = usize::from(self.first.abs_diff(index));
            self.counts.splice(0..0, std::iter::repeat_n(0, more));
            self.first = index;
        }
        let place = usize::from(index.abs_diff(self.first));
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        &mut self.counts[place]
    }

    /// Adds what another has counted. Of two scales the coarser is kept.
    pub fn merge(&mut self, other: &Self) {
        self.downscale(other.scale);
        self.count = self.count.saturating_add(other.count);
        self.zeros = self.zeros.saturating_add(other.zeros);
        self.sum_ns = self.sum_ns.saturating_add(other.sum_ns);
        self.min_ns = self.min_ns.min(other.min_ns);
        self.max_ns = self.max_ns.max(other.max_ns);
        let coarser = other.scale - self.scale;
        if let Some((last, _)) = other.buckets().next_back() {
            // The upper end first, so that the window grows at most twice.
            self.add_to_bucket(last >> coarser, 0);
        }
        for (index, count) in other.buckets() {
            self.add_to_bucket(index >> coarser, count);
        }
    }

    /// Halves the buckets per doubling until `scale` (4, 3, 2, 1 or 0) is reached. Coarser ones stay as they are.
    ///
    /// Exact: the outcome is what counting at that scale from the beginning had given.
    pub fn downscale(&mut self, scale: u8) {
        let steps = self.scale.saturating_sub(scale);
        if steps == 0 {
            return;
        }
        self.scale = scale;
        let (first, fine) = (self.first, std::mem::take(&mut self.counts));
        self.first = first >> steps;
        for (index, count) in (first..).zip(fine) {
            let place = usize::from((index >> steps).abs_diff(self.first));
            match self.counts.get_mut(place) {
                Some(sum) => *sum = sum.saturating_add(count),
                None => self.counts.push(count),
            }
        }
    }

    /// Buckets per doubling, as a power of two.
    #[must_use]
    pub const fn scale(&self) -> u8 {
        self.scale
    }

    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    #[must_use]
    pub const fn sum_ns(&self) -> u128 {
        self.sum_ns
    }

    #[must_use]
    pub fn mean_ns(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_ns as f64 / self.count as f64)
    }

    #[must_use]
    pub fn min_ns(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min_ns)
    }

    #[must_use]
    pub fn max_ns(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max_ns)
    }

    /// Durations of exactly 0 ns.
    #[must_use]
    pub const fn zeros(&self) -> u64 {
        self.zeros
    }

    /// Buckets that hold something and what they hold, lowest first. Bucket `i` of scale `s` holds durations in
    /// (2^(i/2^s), 2^((i+1)/2^s)] ns; for scale 4 see [`longest_ns`].
    pub fn buckets(&self) -> impl DoubleEndedIterator<Item = (i16, u64)> + '_ {
        let indexed = self.counts.iter().enumerate();
        indexed.filter(|(_, count)| **count > 0).map(|(place, count)| (self.first + place as i16, *count))
    }

    /// What durations in ns stand for, lowest first, and how many there are of each: zeros, then the geometric middles of
    /// buckets, but never outside of what was seen.
    pub fn middles_ns(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        let zeros = std::iter::once((0.0, self.zeros)).filter(|(_, count)| *count > 0);
        zeros.chain(self.buckets().map(|(index, count)| (self.middle_ns(index), count)))
    }

    fn middle_ns(&self, index: i16) -> f64 {
        scale::middle_ns(index, self.scale).clamp(self.min_ns as f64, self.max_ns as f64)
    }

    /// The duration in ns at rank ⌈q × count⌉ of the sorted ones, the first at least and the last at most; `None` without any.
    ///
    /// The first and the last are exact. Others are the geometric middle of their bucket, but never outside of what was
    /// seen: off by 2.2 % at most at scale 4.
    #[must_use]
    pub fn quantile_ns(&self, q: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        // NaN casts to 0.
        let rank = ((q * self.count as f64).ceil() as u64).clamp(1, self.count);
        if rank == 1 {
            return Some(self.min_ns as f64);
        }
        let mut seen = self.zeros;
        if seen >= rank {
            return Some(0.0);
        }
        for (index, count) in self.buckets() {
            seen = seen.saturating_add(count);
            if seen >= rank && rank < self.count {
                return Some(self.middle_ns(index));
            }
        }
        Some(self.max_ns as f64)
    }

    /// How many durations are not above a threshold. The two bounds differ by what lies in the threshold's own bucket, and
    /// are equal where the threshold is the longest duration of a bucket, or outside of what was seen.
    #[must_use]
    pub fn count_at_or_below(&self, threshold_ns: u64) -> Bounds {
        if self.count == 0 || threshold_ns < self.min_ns {
            return Bounds { at_least: 0, at_most: 0 };
        }
        if threshold_ns >= self.max_ns {
            return Bounds { at_least: self.count, at_most: self.count };
        }
        if threshold_ns == 0 {
            return Bounds { at_least: self.zeros, at_most: self.zeros };
        }
        let steps = SCALE_MAX - self.scale;
        let own = index_of(threshold_ns) >> steps;
        // No longer duration shares the bucket.
        let is_last_of_own = index_of(threshold_ns + 1) >> steps > own;
        let (mut below, mut inside) = (self.zeros, 0);
        for (index, count) in self.buckets().take_while(|(index, _)| *index <= own) {
            if index < own || is_last_of_own {
                below = below.saturating_add(count);
            } else {
                inside = count;
            }
        }
        // The shortest is known to be at or below the threshold, the longest to be above.
        let at_most = below.saturating_add(inside).min(self.count - 1);
        // Full counters are as full below as in all.
        Bounds { at_least: below.max(1).min(at_most), at_most }
    }
}
