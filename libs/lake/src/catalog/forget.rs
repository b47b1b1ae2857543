//! The end of a tenant: its key and every row.

use naru_ids::TenantId;
use naru_postgres::Pool;

use crate::Error;

/// What was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    pub had_key: bool,
    pub segments: u64,
    pub quarantined: u64,
}

/// Destroys the tenant's key and deletes its rows, in one transaction. From then on its extents are noise, wherever they
/// lie; objects of its own are collected, and bundles once no tenant needs them. Usage that waits for the bus stays: it is
/// owed, and says nothing but counts.
///
/// A commit or a merge that holds the key is waited for, and its rows go, too; none comes after. Processes that have the key
/// in memory forget it within a minute, and store nothing under it meanwhile. What is still on the bus, or in a tail, is
/// stored under a new key: first see to it that nothing comes any more, and call again after the last cut.
pub async fn tenant(pool: &Pool, tenant: TenantId) -> Result<Forgotten, Error> {
    let begin = pool.begin_tenant(tenant).await;
    let mut tx = begin.map_err(Error::transaction("beginning to forget a tenant"))?;
    let mut deleted = [0; 7];
    for (statement, count) in [
        "delete from lake.tenant_key where tenant_id = $1",
        "delete from lake.segment where tenant_id = $1",
        "delete from lake.quarantine where tenant_id = $1",
        "delete from lake.retention where tenant_id = $1",
        "delete from lake.rollup_name where tenant_id = $1",
        "delete from lake.rollup_full where tenant_id = $1",
        "delete from lake.stale_rollup where tenant_id = $1",
    ]
    .into_iter()
    .zip(&mut deleted)
    {
        let done = sqlx::query(statement).bind(tenant.uuid()).execute(&mut *tx).await;
        *count = done.map_err(Error::catalog("forgetting a tenant"))?.rows_affected();
    }
    tx.commit().await.map_err(Error::transaction("forgetting a tenant"))?;
    let [keys, segments, quarantined, ..] = deleted;
    Ok(Forgotten { had_key: keys > 0, segments, quarantined })
}
