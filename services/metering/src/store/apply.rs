//! Applying records to the totals, each once: table `metering.applied`.

use std::collections::BTreeMap;

use naru_ids::TenantId;
use naru_postgres::{Pool, Tx};
use naru_writer_api::UsageRecord;
use sqlx::types::Uuid;

use super::StoreError;

/// Longer than the usage stream keeps messages (30 days).
const FORGET_AFTER: &str = "40 days";
const FORGET_MAX: i64 = 10_000;

/// Adds `records` to the totals in one transaction; how many were not in them before.
pub(crate) async fn apply(pool: &Pool, records: &[UsageRecord]) -> Result<u64, StoreError> {
    let mut by_tenant: BTreeMap<TenantId, Vec<&UsageRecord>> = BTreeMap::new();
    for record in records {
        by_tenant.entry(record.tenant).or_default().push(record);
    }
    let mut tx = pool.begin().await?;
    let mut applied = 0;
    for (tenant, records) in by_tenant {
        tx.set_tenant(tenant).await?;
        for record in records {
            if remember(&mut tx, record).await? {
                add(&mut tx, record).await?;
                applied += 1;
            }
        }
    }
    tx.commit().await?;
    Ok(applied)
}

/// False when the record is in the totals already.
async fn remember(tx: &mut Tx, record: &UsageRecord) -> Result<bool, StoreError> {
    let done =
        sqlx::query("insert into metering.applied (tenant_id, id) values ($1, $2) on conflict do nothing")
            .bind(record.tenant.uuid())
            .bind(record.id.uuid())
            .execute(&mut **tx)
            .await
            .map_err(|source| StoreError::Sql { doing: "remembering a usage record", source })?;
    Ok(done.rows_affected() == 1)
}

async fn add(tx: &mut Tx, record: &UsageRecord) -> Result<(), StoreError> {
    sqlx::query(
        "insert into metering.usage_hour as total (tenant_id, project_id, signal, hour, items, bytes)
         values ($1, $2, $3, to_timestamp($4::double precision / 1000), $5, $6)
             on conflict (tenant_id, project_id, signal, hour)
             do update
            set items = total.items + excluded.items,
                bytes = total.bytes + excluded.bytes",
    )
    .bind(record.tenant.uuid())
    .bind(record.project.uuid())
    .bind(i16::from(record.signal.code()))
    .bind(signed(record.hour_ms) as f64)
    .bind(signed(record.items))
    .bind(signed(record.bytes))
    .execute(&mut **tx)
    .await
    .map_err(|source| StoreError::Sql { doing: "adding to the usage of an hour", source })?;
    Ok(())
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// One bounded step; the next round goes on.
pub(crate) async fn forget_old(pool: &Pool) -> Result<u64, StoreError> {
    let sql = |source| StoreError::Sql { doing: "forgetting applied usage records", source };
    let mut tx = pool.begin().await?;
    sqlx::query("select set_config('app.job', 'forget', true)").execute(&mut *tx).await.map_err(sql)?;
    let old: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "select tenant_id, id
           from metering.applied
          where applied_at < now() - $1::interval
          limit $2",
    )
    .bind(FORGET_AFTER)
    .bind(FORGET_MAX)
    .fetch_all(&mut *tx)
    .await
    .map_err(sql)?;
    let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) = old.into_iter().unzip();
    let done = sqlx::query(
        "delete from metering.applied
          using unnest($1::uuid[], $2::uuid[]) as old (tenant_id, id)
          where applied.tenant_id = old.tenant_id
            and applied.id = old.id",
    )
    .bind(tenants)
    .bind(ids)
    .execute(&mut *tx)
    .await
    .map_err(sql)?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
