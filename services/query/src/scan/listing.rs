//! Lists of segments, kept for as long as they hold.
//!
//! A list is of one moment of the catalog: which sequence was committed, and how often segments had been removed. While
//! both are the same, a new list would have the same rows in it, so nobody asks for one. Objects of removed segments stay
//! for a day: a list that a merge has just overtaken can still be read.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use naru_ids::{ProjectId, TenantId};
use naru_lake::catalog::{SegmentRow, read::SEGMENTS_MAX};
use naru_signal::Table;

use super::{Lake, ScanError, view::Wanted};
use crate::{parse::TimeRange, plan::TenantScope};

/// About half a kilobyte each: this holds some sixty thousand segments.
const LISTED_BYTES_MAX: u64 = 32 << 20;
const ROW_BYTES: usize = 512;
const DAY_NS: i64 = 86_400_000_000_000;

/// Rows of another partition, written before the tenant moved, are no news to its own: they show within this time.
const KEEP: Duration = Duration::from_secs(60);

/// The moment of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) epoch: i64,
    pub(super) committed_seq: u64,
    pub(super) removals: u64,
}

/// The tenant is part of the key, as in every cache of ours.
type ListKey = (TenantId, ProjectId, Vec<Table>);

/// The lists of this process.
#[derive(Debug, Clone)]
pub(super) struct Listings(Cache<ListKey, Arc<Listing>>);

#[derive(Debug)]
struct Listing {
    moment: Moment,
    range: TimeRange,
    /// Newest first.
    segments: Vec<Arc<SegmentRow>>,
}

impl Default for Listings {
    fn default() -> Self {
        let bytes = |listing: &Listing| 256 + listing.segments.len() * ROW_BYTES;
        let weigh =
            move |_: &ListKey, listing: &Arc<Listing>| u32::try_from(bytes(listing)).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(LISTED_BYTES_MAX).weigher(weigh).time_to_live(KEEP).build())
    }
}

impl Lake {
    /// Segments that may hold rows of the range, newest first, as they were at this moment or a little later.
    pub(super) async fn listed(
        &self,
        scope: &TenantScope,
        wanted: &Wanted,
        moment: Moment,
    ) -> Result<Vec<Arc<SegmentRow>>, ScanError> {
        let key = (scope.tenant(), scope.project(), wanted.tables.clone());
        if let Some(known) = self.listings.0.get(&key).await
            && known.moment == moment
            && known.range.covers(wanted.range)
        {
            return Ok(known.within(wanted.range));
        }
        // Of whole days, so that the next question, a second later, finds it.
        let range = whole_days(wanted.range);
        let segments = self.segments(scope, &wanted.tables, range).await?;
        if i64::try_from(segments.len()).is_ok_and(|count| count >= SEGMENTS_MAX) {
            // It is cut off, and perhaps within what was asked.
            return self.segments(scope, &wanted.tables, wanted.range).await;
        }
        let listing = Arc::new(Listing { moment, range, segments });
        let segments = listing.within(wanted.range);
        self.listings.0.insert(key, listing).await;
        Ok(segments)
    }
}

impl Listing {
    fn within(&self, range: TimeRange) -> Vec<Arc<SegmentRow>> {
        let is_within =
            |row: &&Arc<SegmentRow>| row.max_start_ns >= range.from_ns && row.min_start_ns < range.to_ns;
        self.segments.iter().filter(is_within).cloned().collect()
    }
}

fn whole_days(range: TimeRange) -> TimeRange {
    let from_ns = range.from_ns.div_euclid(DAY_NS).saturating_mul(DAY_NS);
    let to_ns = range.to_ns.saturating_sub(1).div_euclid(DAY_NS).saturating_add(1).saturating_mul(DAY_NS);
    TimeRange { from_ns, to_ns }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_whole_days_covers_what_was_asked() {
        for (from_ns, to_ns) in [(0, DAY_NS), (1, 2), (DAY_NS - 1, DAY_NS + 1), (-5, -1)] {
            let asked = TimeRange { from_ns, to_ns };
            let days = whole_days(asked);
            assert!(days.covers(asked), "{asked:?} {days:?}");
            assert!(days.length_ns() % DAY_NS == 0 && days.length_ns() <= asked.length_ns() + 2 * DAY_NS);
        }
        assert_eq!(
            whole_days(TimeRange { from_ns: 0, to_ns: DAY_NS }),
            TimeRange { from_ns: 0, to_ns: DAY_NS }
        );
    }
}
