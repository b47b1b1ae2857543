//! A histogram as bytes, for the columns of rollup tables.
//!
//! ```text
//! version   1
//! form      scale | 8 if the buckets are runs
//! zeros     varint
//! if anything was counted (zeros or buckets):
//! min_ns    varint
//! spread    varint, max_ns − min_ns
//! excess    varint, sum_ns − (count − 1) × min_ns − max_ns   (never negative; short when durations are alike)
//! buckets   to the end
//! ```
//!
//! Buckets are told in one of two ways, the shorter one, *singles* if both are equally long. `gap` is how many empty
//! buckets lie before; the first counts from the bucket of the minimum, or from index −1 if that is a zero.
//! - singles: `gap << 1 | (count > 1)`, then `count − 2` if that bit is set. For few durations far apart.
//! - runs: `gap`, `length − 1`, then `length` counts. For many, side by side.
//!
//! Varints are LEB128 in their shortest form, and whatever contradicts itself is refused; so equal histograms have equal
//! bytes, and bytes that decode are those of no second histogram. The version byte changes with any of this.

use super::{Histogram, SCALE_MAX, index_of};
use crate::rollup::{
    DecodeError,
    varint::{self, Reader},
};

const VERSION: u8 = 1;
const RUNS: u8 = 8;
/// The bucket of the longest duration that fits into 64 bits of nanoseconds.
const INDEX_MAX: i16 = 1_023;

impl Histogram {
    /// The bytes of this histogram: 9 for a single millisecond, some 100 for a busy minute.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(24 + self.counts.len());
        self.encode_to(&mut out);
        out
    }

    /// Like [`Self::encode`], behind what is there.
    pub fn encode_to(&self, out: &mut Vec<u8>) {
        let with_runs = self.runs_len() < self.singles_len();
        out.extend([VERSION, self.scale | if with_runs { RUNS } else { 0 }]);
        varint::put(out, self.zeros);
        if self.count == 0 {
            return;
        }
        varint::put(out, self.min_ns);
        varint::put(out, self.max_ns - self.min_ns);
        varint::put_u128(out, self.sum_ns.wrapping_sub(self.least_sum_ns()));
        if with_runs {
            self.put_runs(out);
        } else {
            self.put_singles(out);
        }
    }

    /// What the durations sum to if all but the longest were as short as the shortest. Wraps where counters are full.
    fn least_sum_ns(&self) -> u128 {
        let shortest = u128::from(self.min_ns).wrapping_mul(u128::from(self.count.saturating_sub(1)));
        shortest.wrapping_add(u128::from(self.max_ns))
    }

    fn put_singles(&self, out: &mut Vec<u8>) {
        let mut next = start_of(self.min_ns, self.scale);
        for (index, count) in self.buckets() {
            let gap = u64::from(index.abs_diff(next));
            varint::put(out, gap << 1 | u64::from(count > 1));
            if count > 1 {
                varint::put(out, count - 2);
            }
            next = index + 1;
        }
    }

    fn singles_len(&self) -> usize {
        let mut next = start_of(self.min_ns, self.scale);
        let mut len = 0;
        for (index, count) in self.buckets() {
            len += varint::len(u64::from(index.abs_diff(next)) << 1);
            len += if count > 1 { varint::len(count - 2) } else { 0 };
            next = index + 1;
        }
        len
    }

    /// The runs of non-empty buckets with the index of their first.
    fn runs(&self) -> impl Iterator<Item = (i16, &[u64])> {
        let mut start = self.first;
        self.counts.split(|count| *count == 0).filter_map(move |run| {
            let at = start;
            start += run.len() as i16 + 1;
            (!run.is_empty()).then_some((at, run))
        })
    }

    fn put_runs(&self, out: &mut Vec<u8>) {
        let mut next = start_of(self.min_ns, self.scale);
        for (index, run) in self.runs() {
            varint::put(out, u64::from(index.abs_diff(next)));
            varint::put(out, run.len() as u64 - 1);
            run.iter().for_each(|count| varint::put(out, *count));
            next = index + run.len() as i16;
        }
    }

    fn runs_len(&self) -> usize {
        let mut next = start_of(self.min_ns, self.scale);
        let mut len = 0;
        for (index, run) in self.runs() {
            len += varint::len(u64::from(index.abs_diff(next))) + varint::len(run.len() as u64 - 1);
            len += run.iter().map(|count| varint::len(*count)).sum::<usize>();
            next = index + run.len() as i16;
        }
        len
    }

    /// Reads what [`Self::encode`] wrote; anything else is refused.
    ///
    /// Allocates the window of buckets only: 8 KiB at most, whatever the bytes say.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut histogram = Self::new();
        histogram.merge_encoded(bytes)?;
        Ok(histogram)
    }

    /// Adds a stored histogram without building it first: the inner loop of every dashboard.
    ///
    /// After an error nothing was added.
    pub fn merge_encoded(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        let Stored { head, buckets } = Stored::parse(bytes)?;
        self.merge(&head);
        let coarser = head.scale - self.scale;
        // The upper end first, so that the window grows at most twice.
        if let Some((last, _)) = buckets.last() {
            self.add_to_bucket(last >> coarser, 0);
        }
        buckets.into_iter().for_each(|(index, count)| self.add_to_bucket(index >> coarser, count));
        Ok(())
    }
}

/// Where the first gap is counted from. Zeros have the index before the first, too.
const fn start_of(min_ns: u64, scale: u8) -> i16 {
    index_of(min_ns) >> (SCALE_MAX - scale)
}

/// A stored histogram that was read through and holds together.
struct Stored {
    /// All but the buckets.
    head: Histogram,
    /// Index and count, rising.
    buckets: Vec<(i16, u64)>,
}

impl Stored {
    fn parse(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        match reader.byte()? {
            VERSION => {}
            version => return Err(DecodeError::Version(version)),
        }
        let form = reader.byte()?;
        let (scale, with_runs) = (form & !RUNS, form & RUNS != 0);
        if scale > SCALE_MAX {
            return Err(DecodeError::Inconsistent("the scale is none of 0 to 4"));
        }
        let mut head = Histogram { scale, ..Histogram::new() };
        head.zeros = reader.u64()?;
        if head.zeros == 0 && reader.is_empty() && !with_runs {
            return Ok(Self { head, buckets: Vec::new() });
        }
        head.min_ns = reader.u64()?;
        let max_ns = head.min_ns.checked_add(reader.u64()?);
        head.max_ns = max_ns.ok_or(DecodeError::Inconsistent("the maximum is beyond 64 bits"))?;
        let excess = reader.u128()?;
        let steps = SCALE_MAX - scale;
        let start = start_of(head.min_ns, scale);
        // A bucket takes a byte or more.
        let mut buckets =
            Vec::with_capacity(reader.rest().len().min(usize::from(INDEX_MAX.unsigned_abs()) + 1));
        head.count = head.zeros;
        let told = Buckets { with_runs, start, index_max: INDEX_MAX >> steps, reader };
        told.for_each(|index, times| {
            head.count = head.count.saturating_add(times);
            buckets.push((index, times));
        })?;
        let (first, last) = (buckets.first().map(|bucket| bucket.0), buckets.last().map(|bucket| bucket.0));
        // The shortest is a zero, or lies in the first bucket; the longest in the last, or all are zeros.
        let place_of = |duration_ns: u64| (duration_ns > 0).then(|| index_of(duration_ns) >> steps);
        let first = first.filter(|_| head.zeros == 0);
        // One alone is both.
        let is_apart = head.count == 1 && head.min_ns != head.max_ns;
        if head.count == 0 || is_apart || place_of(head.min_ns) != first || place_of(head.max_ns) != last {
            return Err(DecodeError::Inconsistent("minimum or maximum is outside of the buckets"));
        }
        if excess > most_excess_ns(&head) {
            return Err(DecodeError::Inconsistent("the sum is beyond what was counted"));
        }
        head.sum_ns = head.least_sum_ns().wrapping_add(excess);
        Ok(Self { head, buckets })
    }
}

/// How much the sum can exceed the least one: all but the shortest are as long as the longest.
fn most_excess_ns(head: &Histogram) -> u128 {
    match head.count {
        // A full counter no longer tells how many there were.
        u64::MAX => u128::MAX,
        count => u128::from(head.max_ns - head.min_ns) * u128::from(count.saturating_sub(2)),
    }
}

/// The bytes of buckets.
struct Buckets<'a> {
    with_runs: bool,
    start: i16,
    index_max: i16,
    reader: Reader<'a>,
}

impl Buckets<'_> {
    fn for_each(&self, mut visit: impl FnMut(i16, u64)) -> Result<(), DecodeError> {
        let mut reader = self.reader;
        let mut next = self.start;
        while !reader.is_empty() {
            let head = reader.u64()?;
            if self.with_runs {
                next = self.after(next, head)?;
                for _ in 0..=reader.u64()? {
                    let count = reader.u64()?;
                    if count == 0 || next > self.index_max {
                        return Err(DecodeError::Inconsistent("a run of buckets is too long or has gaps"));
                    }
                    visit(next, count);
                    next += 1;
                }
            } else {
                next = self.after(next, head >> 1)?;
                let more = if head & 1 == 1 { reader.u64()?.checked_add(1) } else { Some(0) };
                let more = more.filter(|more| *more < u64::MAX);
                let more = more.ok_or(DecodeError::Inconsistent("a bucket holds more than 64 bits"))?;
                visit(next, more + 1);
                next += 1;
            }
        }
        Ok(())
    }

    /// `gap` buckets further, if there is one.
    fn after(&self, next: i16, gap: u64) -> Result<i16, DecodeError> {
        let index = i16::try_from(gap).ok().and_then(|gap| next.checked_add(gap));
        index
            .filter(|index| *index <= self.index_max)
            .ok_or(DecodeError::Inconsistent("a bucket lies beyond 64 bits of nanoseconds"))
    }
}
