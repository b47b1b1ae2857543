//! What an operator does to a tenant's data: hand it out, keep it for so long, erase some of it, forget all of it; and
//! what proves its sums.
//!
//! Beside a running writer or without one: like compaction, it swaps catalog rows in transactions. It sees what is
//! stored; rows of the last minute are in a tail, and come with the next cut.

mod commands;
mod erase;
mod export;
mod json;
mod rebuild;
mod recompute;
mod recount;
mod retention;

use std::path::Path;

use naru_ids::{ProjectId, TenantId};
use naru_lake::{
    Error, KeyRing,
    catalog::{
        SegmentRow,
        forget::{self, Forgotten},
        read,
    },
    store::{self, Store},
};
use naru_postgres::{Pool, TenantTx};
use naru_runtime::Clock;
use naru_signal::Table;

pub(crate) use commands::{commands, run};
pub use erase::Erasure;
pub use export::{Export, Exported};
pub use recompute::{Difference, Recompute, Recomputed};

/// Tables that hold what agents sent.
const TELEMETRY: [Table; 3] = [Table::Spans, Table::MetricPoints, Table::LogRecords];

/// A lake to operate on.
#[derive(Debug, Clone)]
pub struct Operator {
    pool: Pool,
    store: Store,
    keys: KeyRing,
    clock: Clock,
}

/// All segments of these tables in the range, or an error: unlike a query, who erases, exports or counts must not miss any.
async fn listed(
    tx: &mut TenantTx,
    project: ProjectId,
    tables: &[Table],
    (from_ns, to_ns): (i64, i64),
) -> Result<Vec<SegmentRow>, Error> {
    let segments = read::segments(tx, project, tables, from_ns, to_ns).await?;
    if segments.len() as u64 >= read::SEGMENTS_MAX.unsigned_abs() {
        return Err(Error::TooManySegments { project, limit: read::SEGMENTS_MAX });
    }
    Ok(segments)
}

impl Operator {
    /// `pool` logs in as the writer does.
    pub fn new(pool: Pool, lake: &store::Options, lake_key_file: &Path) -> Result<Self, Error> {
        let (store, keys) = (Store::open(lake)?, KeyRing::open(pool.clone(), lake_key_file)?);
        Ok(Self { pool, store, keys, clock: Clock::system() })
    }

    /// Destroys the tenant's key and deletes its rows; see [`forget::tenant`] for what to see to before.
    pub async fn forget_tenant(&self, tenant: TenantId) -> Result<Forgotten, Error> {
        let forgotten = forget::tenant(&self.pool, tenant).await?;
        self.keys.forget(tenant).await;
        Ok(forgotten)
    }

    async fn segments(
        &self,
        tenant: TenantId,
        project: ProjectId,
        table: Table,
        (from_ns, to_ns): (i64, i64),
    ) -> Result<Vec<SegmentRow>, Error> {
        let mut tx = self.begin(tenant).await?;
        listed(&mut tx, project, &[table], (from_ns, to_ns)).await
    }

    async fn begin(&self, tenant: TenantId) -> Result<TenantTx, Error> {
        let begun = self.pool.begin_tenant(tenant).await;
        begun.map_err(|source| Error::Transaction { doing: "beginning to read a tenant's segments", source })
    }
}
