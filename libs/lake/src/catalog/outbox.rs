//! Usage on its way to the bus: rows stay until the bus has acknowledged them.

use naru_ids::{ProjectId, TenantId, UsageId};
use naru_postgres::Pool;
use naru_signal::Signal;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::{
    commit::{UsageRow, uuid},
    read::count,
};
use crate::Error;

/// The oldest rows that wait, of all tenants.
pub async fn pending(pool: &Pool, limit: u16) -> Result<Vec<UsageRow>, Error> {
    let rows = sqlx::query(
        "select id, tenant_id, project_id, signal, (extract(epoch from hour) * 1000)::bigint as hour_ms, items, bytes
           from lake.usage_outbox
          order by created_at
          limit $1",
    )
    .bind(i64::from(limit))
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("reading the usage outbox"))?;
    rows.iter().map(usage_row).collect::<Result<_, _>>().map_err(Error::catalog("reading the usage outbox"))
}

/// Forgets rows that the bus has.
pub async fn published(pool: &Pool, ids: &[UsageId]) -> Result<(), Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query("delete from lake.usage_outbox where id = any($1)")
        .bind(ids)
        .execute(pool.executor())
        .await
        .map_err(Error::catalog("emptying the usage outbox"))?;
    Ok(())
}

fn usage_row(row: &PgRow) -> Result<UsageRow, sqlx::Error> {
    let code: i16 = row.try_get("signal")?;
    let signal = u8::try_from(code).ok().and_then(Signal::from_code);
    Ok(UsageRow {
        id: UsageId::from_uuid(uuid(row, "id")?),
        tenant: TenantId::from_uuid(uuid(row, "tenant_id")?),
        project: ProjectId::from_uuid(uuid(row, "project_id")?),
        signal: signal.ok_or_else(|| sqlx::Error::Decode(format!("signal {code} is not known").into()))?,
        hour_ms: count(row, "hour_ms")?,
        items: count(row, "items")?,
        bytes: count(row, "bytes")?,
    })
}
