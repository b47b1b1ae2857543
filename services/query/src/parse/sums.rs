//! Sums over a range, read from as few buckets as make it up.

use naru_ids::UnixMs;

use super::{Buckets, Step, TimeRange};

/// Coarser buckets are worth reading from about so many on.
const COARSE_BUCKETS: i64 = 30;

/// The range a dashboard of the same question shows, so that sums agree with it: coarse buckets, and at its two ends, where
/// those would reach beyond, the dashboard's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) range: TimeRange,
    /// They follow each other, without a gap.
    pub(crate) parts: Vec<Buckets>,
}

impl Sums {
    #[must_use]
    pub(crate) fn of(range: TimeRange, now: UnixMs) -> Self {
        let (Step { range: whole, .. }, grain) = Step::of_buckets(range, now);
        let (_, coarse) = Step::cut(range, COARSE_BUCKETS, now);
        let middle = TimeRange { from_ns: coarse.ceil(whole.from_ns), to_ns: coarse.floor(whole.to_ns) };
        if coarse <= grain || middle.from_ns >= middle.to_ns {
            return Self { range: whole, parts: vec![Buckets { grain, range: whole }] };
        }
        let before = TimeRange { to_ns: middle.from_ns, ..whole };
        let after = TimeRange { from_ns: middle.to_ns, ..whole };
        let parts = [(grain, before), (coarse, middle), (grain, after)];
        let parts = parts.into_iter().filter(|(_, part)| part.from_ns < part.to_ns);
        Self { range: whole, parts: parts.map(|(grain, range)| Buckets { grain, range }).collect() }
    }
}

#[cfg(test)]
mod tests {
    use naru_lake::rollup::Grain;

    use super::*;

    const S: i64 = 1_000_000_000;

    fn sums(from_s: i64, length_s: i64, days_ago: i64) -> Sums {
        let now = UnixMs(((from_s + length_s + days_ago * 86_400) * 1_000) as u64);
        Sums::of(TimeRange { from_ns: from_s * S, to_ns: (from_s + length_s) * S }, now)
    }

    #[test]
    fn sums_cover_what_a_dashboard_shows_and_no_bucket_more() {
        for from_s in [1_700_000_000, 1_700_000_007, 1_699_999_200] {
            for (length_s, days_ago) in
                [(300, 0), (3_600, 0), (21_600, 0), (86_400, 0), (86_400, 100), (604_800, 0), (2_592_000, 0)]
            {
                let sums = sums(from_s, length_s, days_ago);
                let now = UnixMs(((from_s + length_s + days_ago * 86_400) * 1_000) as u64);
                let asked = TimeRange { from_ns: from_s * S, to_ns: (from_s + length_s) * S };
                assert_eq!(sums.range, Step::of_buckets(asked, now).0.range);
                let mut at_ns = sums.range.from_ns;
                for Buckets { grain, range } in &sums.parts {
                    assert_eq!((range.from_ns, *range), (at_ns, range.in_buckets(*grain)), "{length_s}");
                    at_ns = range.to_ns;
                }
                assert_eq!(at_ns, sums.range.to_ns);
            }
        }
    }

    #[test]
    fn a_day_is_read_by_the_hour_and_by_the_minute_at_its_ends() {
        let grains = |sums: Sums| sums.parts.iter().map(|part| part.grain).collect::<Vec<_>>();
        assert_eq!(grains(sums(1_700_000_000, 86_400, 0)), [Grain::Minute, Grain::Hour, Grain::Minute]);
        assert_eq!(grains(sums(1_699_999_200, 86_400, 0)), [Grain::Hour]);
        assert_eq!(grains(sums(1_700_000_000, 300, 0)), [Grain::TenSeconds]);
        assert_eq!(grains(sums(1_700_000_000, 86_400, 100)), [Grain::Hour]);
    }
}
