//! Counts stored rows again and holds the sums against the stored ones: the proof that dashboards are right.

use std::collections::BTreeMap;

use naru_ids::{ProjectId, TenantId};
use naru_lake::{
    Error,
    catalog::{
        names,
        retention::{self, Defaults, Kept},
    },
    rollup::{Grain, Kind, RowKey, Sums},
    segment::read_all,
};
use naru_signal::Table;
use tracing::{info, warn};

use super::{Operator, listed, recount::Recount};

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
    /// Days that telemetry is kept, for tenants without a wish of their own.
    pub retention_days: u32,
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
    /// Compares every sum of every grain in the range with a recount, as far as both sums and rows are kept.
    pub async fn recompute(&self, ask: &Recompute) -> Result<Recomputed, Error> {
        let from_ns = Grain::Hour.floor(ask.from_ns);
        let to_ns = Grain::Hour.floor(ask.to_ns.saturating_sub(1)).saturating_add(Grain::Hour.ns());
        // One look at the catalog: rows and their sums come with the same commit.
        let around = Recount::around(from_ns..to_ns);
        let (segments, names, kept) = {
            let mut tx = self.begin(ask.tenant).await?;
            let segments = listed(&mut tx, ask.project, &Table::ALL, (around.start, around.end)).await?;
            let names = names::of_project(&mut tx, ask.project).await?;
            // Last: were it another day by now, fewer days are compared, and all of those are listed.
            let defaults = Defaults { telemetry_days: ask.retention_days };
            (segments, names, retention::kept(&mut tx, defaults).await?)
        };
        let mut recomputed = Recomputed::default();
        let Some(key) = self.keys.get(ask.tenant).await? else { return Ok(recomputed) };
        let mut stored = Sums::default();
        let mut by_grain: BTreeMap<Grain, Sums> = BTreeMap::new();
        for row in &segments {
            if !row.table.is_rollup() {
                continue;
            }
            let sums = match row.table {
                Table::RollupDeltas => &mut stored,
                table => by_grain.entry(Grain::of(table)).or_default(),
            };
            for batch in read_all(self.store.reader(), row, &key).await? {
                sums.add(&batch).map_err(|problem| Error::rollup(row, &problem))?;
            }
        }
        let recount =
            Recount { tenant: ask.tenant, apdex_ns: ask.apdex_ns, names: &names, key: &key, around };
        let counted = recount.of(&self.store, &segments).await?;
        for grain in Grain::ALL {
            let within = |kind: Kind, at_ns: i64| {
                comparable_from(&kept, grain, kind).max(from_ns) <= at_ns && at_ns < to_ns
            };
            let mut of_grain = by_grain.remove(&grain).unwrap_or_default();
            stored.clone().in_buckets(grain).into_iter().for_each(|(key, sum)| of_grain.merge(key, sum));
            of_grain.retain(|key| within(key.kind, key.at_ns));
            let mut again = Sums::default();
            counted.add_to(&mut again, grain, within);
            recomputed.compare(grain, of_grain.net(), again.net());
        }
        recomputed.tell(ask);
        Ok(recomputed)
    }
}

/// From when on (unix ns) sums of a grain, and all rows that they add up, are kept.
fn comparable_from(kept: &Kept, grain: Grain, kind: Kind) -> i64 {
    let of_rows = match kind {
        // Some are logged only.
        Kind::Exception => kept.first_ns(Table::Spans).max(kept.first_ns(Table::LogRecords)),
        // The other end of a call may be gone with the day before.
        Kind::Edge | Kind::EdgeTaken => Recount::around_after(kept.first_ns(Table::Spans)),
        _ => kept.first_ns(Table::Spans),
    };
    of_rows.max(kept.first_ns(grain.table()))
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
