//! Counts stored rows again and holds the sums against the stored ones: the proof that dashboards are right.

use std::collections::BTreeMap;

use naru_ids::{ProjectId, TenantId};
use naru_lake::{
    Error,
    catalog::{SegmentRow, names, read},
    rollup::{Grain, RowKey, Sums},
    seal::TenantKey,
    segment::{ExtentReader, SegmentRows},
};
use naru_signal::{Signal, Table};
use tracing::{info, warn};

use super::Operator;
use crate::summarize::Project;

/// Rows before and after are read, too: a call may be counted within the hours and its answer begin after them.
const AROUND_NS: i64 = 3_600_000_000_000;
/// Differences told one by one.
const SHOWN_MAX: usize = 20;

/// Which sums are counted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recompute {
    pub tenant: TenantId,
    pub project: ProjectId,
    /// Unix ns; grows to whole hours.
    pub from_ns: i64,
    pub to_ns: i64,
    /// T of the APDEX as it was when the rows came.
    pub apdex_ns: u64,
}

/// How the two compare.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recomputed {
    /// Sums that were compared, over all grains.
    pub sums: usize,
    /// Those that are not equal, to the bit.
    pub differences: Vec<Difference>,
}

/// One sum that is not what its rows add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub grain: Grain,
    pub key: RowKey,
    /// How much was counted; both may be equal where durations, people or samples are not.
    pub stored: Option<u64>,
    pub recomputed: Option<u64>,
}

impl Operator {
    /// Compares every sum of every grain in the range with a recount.
    pub async fn recompute(&self, ask: &Recompute) -> Result<Recomputed, Error> {
        let from_ns = Grain::Hour.floor(ask.from_ns);
        let to_ns = Grain::Hour.floor(ask.to_ns.saturating_sub(1)).saturating_add(Grain::Hour.ns());
        // One look at the catalog: rows and their sums come with the same commit.
        let (segments, names) = {
            let mut tx = self.begin(ask.tenant).await?;
            let (from_ns, to_ns) = (from_ns.saturating_sub(AROUND_NS), to_ns.saturating_add(AROUND_NS));
            let segments = read::segments(&mut tx, ask.project, &Table::ALL, from_ns, to_ns).await?;
            (segments, names::of_project(&mut tx, ask.project).await?)
        };
        let mut recomputed = Recomputed::default();
        let Some(key) = self.keys.get(ask.tenant).await? else { return Ok(recomputed) };
        let mut project = Project::recounting(ask.tenant, ask.apdex_ns);
        names.iter().for_each(|row| project.recall(row.kind, &row.service, &row.name));
        let mut stored = Sums::default();
        let mut by_grain: BTreeMap<Grain, Sums> = BTreeMap::new();
        for row in &segments {
            let mut batches = self.batches(row, &key).await?;
            while let Some(batch) = batches.next().await? {
                match row.table {
                    Table::Spans => project.count(Signal::Traces, &batch),
                    Table::LogRecords => project.count(Signal::Logs, &batch),
                    Table::MetricPoints => {}
                    Table::RollupDeltas => {
                        stored.add(&batch).map_err(|problem| Error::rollup(row, &problem))?;
                    }
                    table => {
                        let of_grain = by_grain.entry(Grain::of(table)).or_default();
                        of_grain.add(&batch).map_err(|problem| Error::rollup(row, &problem))?;
                    }
                }
            }
        }
        let (counted, _) = project.take();
        let within = |at_ns: i64| from_ns <= at_ns && at_ns < to_ns;
        for grain in Grain::ALL {
            let mut of_grain = by_grain.remove(&grain).unwrap_or_default();
            stored.clone().in_buckets(grain).into_iter().for_each(|(key, sum)| of_grain.merge(key, sum));
            of_grain.retain(|key| within(key.at_ns));
            let mut again = Sums::default();
            counted.add_to(&mut again, grain, |_, at_ns| within(at_ns));
            recomputed.compare(grain, of_grain.net(), again.net());
        }
        recomputed.tell(ask);
        Ok(recomputed)
    }

    async fn batches(&self, row: &SegmentRow, key: &TenantKey) -> Result<SegmentRows, Error> {
        SegmentRows::open(&ExtentReader::of(self.store.reader(), row, key)?, row.table).await
    }
}

impl Recomputed {
    fn compare(&mut self, grain: Grain, stored: Sums, mut recomputed: Sums) {
        self.sums += stored.len();
        for (key, sum) in stored {
            let again = recomputed.remove(&key);
            if again.as_ref() != Some(&sum) {
                let (stored, recomputed) = (Some(sum.total()), again.map(|again| again.total()));
                self.differences.push(Difference { grain, key, stored, recomputed });
            }
        }
        let missing = recomputed.into_iter().map(|(key, sum)| Difference {
            grain,
            key,
            stored: None,
            recomputed: Some(sum.total()),
        });
        self.differences.extend(missing);
    }

    fn tell(&self, ask: &Recompute) {
        let (sums, differences) = (self.sums, self.differences.len());
        info!(
            tenant.id = %ask.tenant, project.id = %ask.project, sums, differences,
            "{sums} sums were counted again, {differences} of them differ"
        );
        for difference in self.differences.iter().take(SHOWN_MAX) {
            warn!(?difference, "a sum is not what its rows add up to");
        }
    }
}
