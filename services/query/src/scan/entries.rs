//! Lists of transactions, around DataFusion: it neither knows which pages hold entry spans of a service, nor that what is
//! counted need not be read.
//!
//! Of each row group that may hold some, only columns that decide are read, of rows that may fit; the latest groups come
//! first. The rows that are shown are read in the end, by their places.

mod count;
mod judge;
mod shown;

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use arrow::array::RecordBatch;
use futures::{StreamExt, TryStreamExt, stream};
use naru_lake::segment::{ExtentReader, Footer, Sure};
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;

use self::{
    count::{Counted, Group, Question},
    judge::Judge,
};
use super::{Lake, PARTS_AT_ONCE, ScanError, Snapshot, chosen::OPEN_AT_ONCE, table::wanted_schema};
use crate::plan::{EntryFilter, EntryPage};

/// A question that looks at more than so many is one that can wait: some hundred thousand rows.
const GROUPS_AT_HAND: usize = 4;
/// Looked at by a thread before it tells what it found: each takes less than waking another thread.
const GROUPS_OF_A_PART: usize = 4;

/// A row that belongs on the page as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    /// Of the column that sorts.
    value: i64,
    span: u64,
    at: At,
}

/// Where a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum At {
    Tail { batch: usize, row: usize },
    Stored { segment: usize, group: usize, row: usize },
}

/// The greatest rows so far.
#[derive(Debug)]
struct Greatest {
    limit: usize,
    rows: BinaryHeap<Reverse<Found>>,
}

impl Greatest {
    fn new(limit: usize) -> Self {
        Self { limit, rows: BinaryHeap::with_capacity(limit + 1) }
    }

    fn add(&mut self, found: Found) {
        if self.rows.len() < self.limit {
            self.rows.push(Reverse(found));
        } else if self.rows.peek().is_some_and(|least| found > least.0) {
            self.rows.pop();
            self.rows.push(Reverse(found));
        }
    }

    /// Rows with less are on no page; `None` while any may be.
    fn least(&self) -> Option<i64> {
        self.rows.peek().filter(|_| self.rows.len() >= self.limit).map(|least| least.0.value)
    }

    fn into_sorted(self) -> Vec<Found> {
        let mut rows: Vec<Found> = self.rows.into_iter().map(|found| found.0).collect();
        rows.sort_unstable_by(|a, b| b.cmp(a));
        rows
    }
}

impl Lake {
    /// Shows the rows of a page in no particular order, with the snapshot's columns; answers how many rows the list has in
    /// all. Of a later page, that is not counted, and 0.
    pub(crate) async fn entries(
        &self,
        snapshot: &Snapshot,
        filter: &EntryFilter,
        page: EntryPage,
        mut each: impl FnMut(&RecordBatch) -> Result<(), ScanError>,
    ) -> Result<u64, ScanError> {
        let started = std::time::Instant::now();
        let wanted = wanted_schema(snapshot)?;
        let mut greatest = Greatest::new(page.limit);
        let mut total = self.tail_entries(snapshot, filter, page, &mut greatest)?;
        let mut groups = self.entry_groups(snapshot, filter).await?;
        groups.sort_by_key(|group| Reverse(group.last_ns.unwrap_or(i64::MAX)));
        let question = Arc::new(Question {
            filter: filter.clone(),
            page,
            least: AtomicI64::new(greatest.least().unwrap_or(i64::MIN)),
            decoded_rows: AtomicU64::new(0),
        });
        let (threads, part) = match groups.len() > GROUPS_AT_HAND {
            true => (naru_runtime::patient().clone(), GROUPS_OF_A_PART),
            false => (Handle::current(), 1),
        };
        let counted = stream::iter(groups).chunks(part).map(|part| {
            let question = Arc::clone(&question);
            AbortOnDropHandle::new(threads.spawn(async move { question.count(part).await }))
        });
        let mut counted = counted.buffered(PARTS_AT_ONCE);
        while let Some(counted) = counted.next().await {
            let Counted { found, total: more } = counted.map_err(ScanError::joined)??;
            total += more;
            found.into_iter().for_each(|found| greatest.add(found));
            question.least.fetch_max(greatest.least().unwrap_or(i64::MIN), Ordering::Relaxed);
        }
        for batch in self.shown(snapshot, &wanted, &greatest.into_sorted()).await? {
            each(&batch)?;
        }
        metrics::histogram!("query_scan_seconds").record(started.elapsed().as_secs_f64());
        metrics::counter!("query_scanned_rows_total")
            .increment(question.decoded_rows.load(Ordering::Relaxed));
        Ok(total)
    }

    fn tail_entries(
        &self,
        snapshot: &Snapshot,
        filter: &EntryFilter,
        page: EntryPage,
        greatest: &mut Greatest,
    ) -> Result<u64, ScanError> {
        let mut total = 0;
        for (batch, rows) in snapshot.tail.iter().enumerate() {
            let judge = Judge::new(filter, page, Sure::default(), true, rows)?;
            total += if page.after.is_none() { judge.count() } else { 0 };
            for (row, value, span) in judge.shown() {
                greatest.add(Found { value, span, at: At::Tail { batch, row } });
            }
        }
        Ok(total)
    }

    async fn entry_groups(&self, snapshot: &Snapshot, filter: &EntryFilter) -> Result<Vec<Group>, ScanError> {
        let Some(key) = &snapshot.key else { return Ok(Vec::new()) };
        let times = filter.range.from_ns..filter.range.to_ns;
        let rows: Vec<_> = snapshot.segments.iter().map(|chosen| Arc::clone(&chosen.row)).collect();
        let opened: Vec<(ExtentReader, Arc<Footer>)> = stream::iter(rows)
            .map(async |row| self.readers.opened(&row, key).await)
            .buffered(OPEN_AT_ONCE)
            .try_collect()
            .await?;
        let mut groups = Vec::new();
        for (segment, (extent, footer)) in opened.into_iter().enumerate() {
            groups.extend(footer.entry_groups(&times).into_iter().map(|(number, last_ns)| Group {
                extent: extent.clone(),
                footer: Arc::clone(&footer),
                segment,
                number,
                last_ns,
            }));
        }
        Ok(groups)
    }
}
