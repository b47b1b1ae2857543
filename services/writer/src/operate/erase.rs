//! Erasing rows by an attribute: a merge of one segment with itself, without them.

use std::collections::{BTreeMap, BTreeSet};

use naru_ids::{ProjectId, SegmentId, TenantId};
use naru_lake::{
    Error,
    catalog::{SegmentRow, compact::Swapped, erase},
    seal::TenantKey,
    segment::{Erased, ExtentReader, Matching, merge_without},
};
use naru_signal::Table;
use tracing::info;

use super::{Operator, TELEMETRY};
use crate::compact::merge::{begin, finished};

/// Compaction may take segments away while they are rewritten; then they are looked for anew.
const PASSES_MAX: u32 = 20;

/// Which rows go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    pub tenant: TenantId,
    pub project: ProjectId,
    /// An attribute of the row or of its resource. Values that are lists or maps match nothing.
    pub key: String,
    pub value: String,
    /// T of the APDEX as it was when the rows came: sums are counted anew with it.
    pub apdex_ns: u64,
    /// Days that spans are kept, for tenants without a wish of their own: sums of days before are left as they are.
    pub retention_days: u32,
}

/// How one segment was dealt with.
enum Outcome {
    Untouched,
    Rewritten(Erased),
    /// It was merged meanwhile; its rows are elsewhere.
    Gone,
}

impl Operator {
    /// Rewrites every segment that has such rows without them. Their old bytes cannot be opened from the swap on, since
    /// their key goes with the catalog row, and are collected later.
    ///
    /// Then counts the sums of their hours anew, from what is left; also those that an erasure before this one, which did
    /// not come to its end, has left stale. Until then dashboards go on counting erased rows.
    ///
    /// Answers by table what was erased. After an error some rows may be left, and whoever runs it again goes on from there.
    pub async fn erase(&self, erasure: &Erasure) -> Result<BTreeMap<Table, Erased>, Error> {
        let mut all = BTreeMap::new();
        let Some(key) = self.keys.get(erasure.tenant).await? else { return Ok(all) };
        let matching = Matching { key: erasure.key.clone(), value: erasure.value.clone() };
        for table in TELEMETRY {
            let mut erased = Erased::default();
            let mut passes = 0;
            loop {
                let (of_pass, is_whole) = self.erase_once(erasure, table, &key, &matching).await?;
                erased.add(of_pass);
                if is_whole {
                    break;
                }
                passes += 1;
                if passes == PASSES_MAX {
                    return Err(Error::InTheWay { doing: "erasing rows", passes });
                }
            }
            let (rows, hours) = (erased.rows, erased.hours_ns.len());
            info!(tenant.id = %erasure.tenant, table = %table, rows, "{rows} rows of {hours} hours of {table} are erased");
            all.insert(table, erased);
        }
        self.rebuild(erasure).await?;
        Ok(all)
    }

    /// False when some segment was taken away meanwhile.
    async fn erase_once(
        &self,
        erasure: &Erasure,
        table: Table,
        key: &TenantKey,
        matching: &Matching,
    ) -> Result<(Erased, bool), Error> {
        let (mut erased, mut is_whole) = (Erased::default(), true);
        let always = (i64::MIN, i64::MAX);
        for row in self.segments(erasure.tenant, erasure.project, table, always).await? {
            match self.erase_from(&row, key, matching).await? {
                Outcome::Untouched => {}
                Outcome::Rewritten(more) => erased.add(more),
                Outcome::Gone => is_whole = false,
            }
        }
        Ok((erased, is_whole))
    }

    async fn erase_from(
        &self,
        row: &SegmentRow,
        key: &TenantKey,
        matching: &Matching,
    ) -> Result<Outcome, Error> {
        let reader = ExtentReader::of(self.store.reader(), row, key)?;
        let filter = reader.pair_filter(&reader.head().await?).await?;
        let holds = |group| match &filter {
            Some(filter) => filter.may_hold(group, &matching.key, &matching.value),
            None => true,
        };
        if !(0..filter.as_ref().map_or(1, |filter| filter.len())).any(holds) {
            return Ok(Outcome::Untouched);
        }
        let blank = SegmentRow { id: SegmentId::new(self.clock.now()), ..row.clone() };
        let (mut object, new) = begin(&self.store, key, blank)?;
        let (merged, erased) = merge_without(new.id, row.table, &[reader], matching, &mut object).await?;
        if erased.rows == 0 {
            return Ok(Outcome::Untouched);
        }
        let new = match merged {
            Some(merged) => Some(finished(object, new, merged).await?),
            None => None,
        };
        let left = new.as_ref().map_or(0, |new| new.rows);
        if left + erased.rows != row.rows {
            return Err(Error::RowsLost {
                path: row.path.clone(),
                expected: row.rows - erased.rows,
                rows: left,
            });
        }
        // Points are charted as they are: nothing sums them up.
        let stale = if row.table == Table::MetricPoints { BTreeSet::new() } else { erased.hours_ns.clone() };
        match erase::swap(&self.pool, row, new.as_ref(), &stale).await? {
            Swapped::Done => Ok(Outcome::Rewritten(erased)),
            Swapped::Lost | Swapped::Collected => Ok(Outcome::Gone),
        }
    }
}
