//! Sums of hours that lost rows, counted anew from the rows that are left.
//!
//! Whoever erases marks the hours in the transaction that takes the rows away, so a process that ends here leaves them
//! marked, and the next erasure of the project finishes what this one began. Counting anew twice gives the same.

mod windows;

use std::collections::BTreeSet;

use naru_ids::SegmentId;
use naru_lake::{
    Error,
    catalog::{
        SegmentRow,
        compact::{self, Swapped},
        erase, names,
        retention::{self, Defaults},
    },
    rollup::{Grain, Sums},
    seal::TenantKey,
    segment::read_all,
};
use naru_postgres::TenantTx;
use naru_signal::Table;
use tracing::info;

use super::{Erasure, Operator, listed, recount::Recount};
use crate::compact::rollups;
use windows::Window;

/// Compaction may take sums away while they are counted anew; then it is done again.
const PASSES_MAX: u32 = 20;
/// What deltas of cuts become.
const GRAINS: [Table; 3] = [Table::Rollups10s, Table::Rollups1m, Table::Rollups1h];

/// The first UTC day of which spans are kept: nothing before can be counted anew.
async fn first_kept(tx: &mut TenantTx, erasure: &Erasure) -> Result<i32, Error> {
    let defaults = Defaults { telemetry_days: erasure.retention_days };
    Ok(retention::kept(tx, defaults).await?.first_day(Table::Spans))
}

impl Operator {
    /// Counts anew what is marked as stale. Answers how many hours were.
    pub(super) async fn rebuild(&self, erasure: &Erasure) -> Result<usize, Error> {
        let Erasure { tenant, project, .. } = *erasure;
        let mut tx = self.begin(tenant).await?;
        let first_kept = first_kept(&mut tx, erasure).await?;
        let stale = erase::stale(&mut tx, project, first_kept).await?;
        let first_of_spans = erase::first_day_of_spans(&mut tx, project).await?;
        tx.commit().await.map_err(|source| Error::Transaction { doing: "finding stale sums", source })?;
        let Some(key) = self.keys.get(tenant).await? else { return Ok(0) };
        let hours: BTreeSet<i64> = stale.keys().copied().collect();
        for window in windows::of(&hours, first_kept, first_of_spans) {
            let mut passes = 0;
            while !self.rebuild_window(erasure, &key, &window).await? {
                passes += 1;
                if passes == PASSES_MAX {
                    let doing = "counting the sums of erased hours anew";
                    return Err(Error::InTheWay { doing, passes });
                }
            }
        }
        let mut tx = self.begin(tenant).await?;
        erase::settle(&mut tx, project, &stale).await?;
        tx.commit().await.map_err(|source| Error::Transaction { doing: "settling sums", source })?;
        let count = hours.len();
        info!(tenant.id = %tenant, project.id = %project, hours = count, "the sums of {count} hours are counted anew");
        Ok(count)
    }

    /// False when a merge was first.
    async fn rebuild_window(
        &self,
        erasure: &Erasure,
        key: &TenantKey,
        window: &Window,
    ) -> Result<bool, Error> {
        let Erasure { tenant, project, apdex_ns, .. } = *erasure;
        let around = Recount::around(window.range());
        // One look at the catalog: rows and their sums come with the same commit.
        let (segments, names) = {
            let mut tx = self.begin(tenant).await?;
            // A day may have ended meanwhile, and its spans be gone.
            if window.day() < first_kept(&mut tx, erasure).await? {
                return Ok(true);
            }
            let segments = listed(&mut tx, project, &Table::ALL, (around.start, around.end)).await?;
            (segments, names::of_project(&mut tx, project).await?)
        };
        let counted =
            Recount { tenant, apdex_ns, names: &names, key, around }.of(&self.store, &segments).await?;
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for row in segments.iter().filter(|row| row.table.is_rollup() && row.day == window.day()) {
            let mut sums = Sums::default();
            for batch in read_all(self.store.reader(), row, key).await? {
                sums.add(&batch).map_err(|problem| Error::rollup(row, &problem))?;
            }
            let before = sums.len();
            sums.retain(|key| !window.holds(key.at_ns));
            if sums.len() < before {
                inputs.push(row.clone());
                outputs.extend(self.write_sums(row.clone(), &sums, key).await?);
            }
        }
        // Sums past their retention are not made again.
        let Some(newest) = inputs.first() else { return Ok(true) };
        // Sequences count within their partition; with another number of partitions the project's was another.
        let of_partition = inputs.iter().filter(|row| row.partition == newest.partition);
        let Some((first_seq, last_seq)) = compact::range(of_partition) else { return Ok(true) };
        let level = inputs.iter().map(|row| row.level).max().unwrap_or(0).max(1);
        for table in GRAINS {
            if inputs.iter().any(|row| row.table == table || row.table == Table::RollupDeltas) {
                let mut sums = Sums::default();
                counted.add_to(&mut sums, Grain::of(table), |_, at_ns| window.holds(at_ns));
                let blank = SegmentRow { table, level, first_seq, last_seq, ..newest.clone() };
                outputs.extend(self.write_sums(blank, &sums, key).await?);
            }
        }
        Ok(compact::swap(&self.pool, &inputs, &outputs).await? == Swapped::Done)
    }

    /// A new segment in the place of `row`; `None` for no sums.
    async fn write_sums(
        &self,
        row: SegmentRow,
        sums: &Sums,
        key: &TenantKey,
    ) -> Result<Option<SegmentRow>, Error> {
        if sums.is_empty() {
            return Ok(None);
        }
        let blank = SegmentRow { id: SegmentId::new(self.clock.now()), ..row };
        rollups::write(&self.store, blank, sums, key).await
    }
}
