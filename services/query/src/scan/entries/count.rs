//! What row groups hold of a list.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use arrow::datatypes::{Field, Schema};
use naru_lake::{
    schema,
    segment::{EntriesWithin, ExtentReader, Footer, Sure, Texts},
};
use naru_signal::Signal;

use super::{
    At, Found, Greatest,
    judge::{Judge, deciding},
};
use crate::{
    plan::{EntryFilter, EntryPage},
    scan::{ScanError, fold::ROWS_MAX},
};

/// One row group to look at.
pub(super) struct Group {
    pub(super) extent: ExtentReader,
    pub(super) footer: Arc<Footer>,
    pub(super) segment: usize,
    pub(super) number: usize,
    pub(super) last_ns: Option<i64>,
}

/// What all groups of a question share.
pub(super) struct Question {
    pub(super) filter: EntryFilter,
    pub(super) page: EntryPage,
    /// The least value on a full page.
    pub(super) least: AtomicI64,
    pub(super) decoded_rows: AtomicU64,
}

/// What row groups hold.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) found: Vec<Found>,
    /// 0 of a later page.
    pub(super) total: u64,
}

impl Question {
    /// Of several, one after the other.
    pub(super) async fn count(&self, groups: Vec<Group>) -> Result<Counted, ScanError> {
        let mut all = Counted::default();
        for group in groups {
            let Counted { found, total } = self.count_one(group).await?;
            // A page that is full here has no room for less anywhere.
            if let Some(least) = found.get(self.page.limit.saturating_sub(1)) {
                self.least.fetch_max(least.value, Ordering::Relaxed);
            }
            all.total += total;
            all.found.extend(found);
        }
        Ok(all)
    }

    async fn count_one(&self, group: Group) -> Result<Counted, ScanError> {
        let least = self.least.load(Ordering::Relaxed);
        let by_start = self.page.column == "start_ns";
        let is_shown = !by_start || group.last_ns.is_none_or(|last_ns| last_ns >= least);
        let is_counted = self.page.after.is_none();
        if !is_shown && !is_counted {
            return Ok(Counted::default());
        }
        let candidates = group.footer.entry_candidates(group.number, &self.within());
        let rows = candidates.rows.iter().map(ExactSizeIterator::len).sum::<usize>() as u64;
        if rows == 0 {
            return Ok(Counted::default());
        }
        let wanted = self.wanted(candidates.sure, is_shown)?;
        if wanted.fields().is_empty() {
            // What pages say of themselves is all there is to know.
            return Ok(Counted { found: Vec::new(), total: rows });
        }
        if self.decoded_rows.fetch_add(rows, Ordering::Relaxed) + rows > ROWS_MAX {
            return Err(ScanError::TooManyRows { rows_max: ROWS_MAX });
        }
        let failed = |error| ScanError::segment(Arc::new(error));
        let rows =
            group.extent.rows_of_group(&group.footer, &wanted, group.number, &candidates.rows, Texts::Keys);
        let (mut rows, mut places) = (rows.map_err(failed)?, candidates.rows.into_iter().flatten());
        let (mut greatest, mut total) = (Greatest::new(self.page.limit), 0);
        while let Some(batch) = rows.next().await.map_err(failed)? {
            let judge = Judge::new(&self.filter, self.page, candidates.sure, is_shown, &batch)?;
            total += if is_counted { judge.count() } else { 0 };
            let places: Vec<usize> = places.by_ref().take(batch.num_rows()).collect();
            for (row, value, span) in judge.shown() {
                let at = At::Stored { segment: group.segment, group: group.number, row: places[row] };
                greatest.add(Found { value, span, at });
            }
        }
        Ok(Counted { found: greatest.into_sorted(), total })
    }

    fn within(&self) -> EntriesWithin<'_> {
        let EntryFilter { range, durations, application, .. } = &self.filter;
        EntriesWithin {
            service: application.as_deref(),
            start_ns: range.from_ns..range.to_ns,
            over_ns: durations.over_ns,
            through_ns: durations.through_ns,
        }
    }

    /// Columns that say whether a row is in the list and, when it may be shown, where.
    fn wanted(&self, sure: Sure, is_shown: bool) -> Result<Schema, ScanError> {
        let shown = [Some(self.page.column), Some("span_id"), self.page.after.map(|_| "received_ms")];
        let shown = shown.into_iter().flatten().filter(|_| is_shown);
        let columns: BTreeSet<&'static str> = deciding(&self.filter, sure).chain(shown).collect();
        let table = schema::of(Signal::Traces);
        let fields = columns
            .into_iter()
            .map(|column| table.field_with_name(column).cloned().map_err(|_| ScanError::Column { column }));
        Ok(Schema::new(fields.collect::<Result<Vec<Field>, _>>()?))
    }
}
