//! Table `license.key`.

use naru_ids::{KeyId, ProjectId, TenantId};
use naru_license_api::KeyInfo;
use naru_postgres::{Pool, TenantTx};
use sqlx::{FromRow, types::Uuid};

use super::StoreError;

/// As many as are listed, so that every key can be seen and revoked. Two issues at once may go one over.
pub(crate) const KEYS_PER_PROJECT_MAX: i64 = 500;
const LIST_MAX: i64 = KEYS_PER_PROJECT_MAX + 16;

#[derive(Debug, Clone, FromRow)]
pub(crate) struct KeyRow {
    pub(crate) id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) project_id: Uuid,
    pub(crate) mac: Vec<u8>,
    pub(crate) region: String,
    pub(crate) name: String,
    pub(crate) hint: String,
    pub(crate) version: i64,
    pub(crate) retention_days: i16,
    pub(crate) created_ms: i64,
    pub(crate) expires_ms: Option<i64>,
    pub(crate) revoked_ms: Option<i64>,
    pub(crate) last_used_ms: Option<i64>,
}

const COLUMNS: &str = "id, tenant_id, project_id, mac, region, name, hint, version, retention_days, created_ms, \
                       expires_ms, revoked_ms, last_used_ms";

impl KeyRow {
    pub(crate) fn id(&self) -> KeyId {
        KeyId::from_uuid(self.id)
    }

    pub(crate) fn info(&self) -> KeyInfo {
        KeyInfo {
            id: self.id(),
            project: ProjectId::from_uuid(self.project_id),
            name: self.name.clone(),
            hint: self.hint.clone(),
            created_ms: unsigned(self.created_ms),
            last_used_ms: self.last_used_ms.map(unsigned),
            revoked_ms: self.revoked_ms.map(unsigned),
            expires_ms: self.expires_ms.map(unsigned),
        }
    }
}

/// Times and versions are never negative: the service writes them.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

pub(crate) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The keys that have one of these MACs, of whatever tenant.
pub(crate) async fn find_by_mac(pool: &Pool, macs: &[[u8; 32]]) -> Result<Vec<KeyRow>, StoreError> {
    let mut tx = pool.begin().await?;
    let named: Vec<String> = macs.iter().map(hex::encode).collect();
    sqlx::query("select set_config('app.lookup_macs', $1, true)")
        .bind(named.join(","))
        .execute(&mut *tx)
        .await
        .map_err(|source| StoreError::Sql { doing: "naming the keys to look up", source })?;
    let macs: Vec<Vec<u8>> = macs.iter().map(|mac| mac.to_vec()).collect();
    let rows = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from license.key where mac = any ($1)"
    )))
    .bind(macs)
    .fetch_all(&mut *tx)
    .await
    .map_err(|source| StoreError::Sql { doing: "looking up keys", source })?;
    tx.commit().await?;
    Ok(rows)
}

pub(crate) async fn insert(tx: &mut TenantTx, row: &KeyRow) -> Result<(), StoreError> {
    sqlx::query(
        "insert into license.key
             (id, tenant_id, project_id, mac, region, name, hint, version, retention_days, created_ms, expires_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(row.id)
    .bind(row.tenant_id)
    .bind(row.project_id)
    .bind(&row.mac)
    .bind(&row.region)
    .bind(&row.name)
    .bind(&row.hint)
    .bind(row.version)
    .bind(row.retention_days)
    .bind(row.created_ms)
    .bind(row.expires_ms)
    .execute(&mut **tx)
    .await
    .map_err(|source| StoreError::Sql { doing: "writing a new key", source })?;
    Ok(())
}

pub(crate) async fn count(tx: &mut TenantTx, project: ProjectId) -> Result<i64, StoreError> {
    let tenant = tx.tenant().uuid();
    sqlx::query_scalar("select count(*) from license.key where tenant_id = $1 and project_id = $2")
        .bind(tenant)
        .bind(project.uuid())
        .fetch_one(&mut **tx)
        .await
        .map_err(|source| StoreError::Sql { doing: "counting keys", source })
}

pub(crate) async fn list(tx: &mut TenantTx, project: ProjectId) -> Result<Vec<KeyRow>, StoreError> {
    let tenant = tx.tenant().uuid();
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS}
           from license.key
          where tenant_id = $1
            and project_id = $2
          order by created_ms desc, id desc
          limit $3"
    )))
    .bind(tenant)
    .bind(project.uuid())
    .bind(LIST_MAX)
    .fetch_all(&mut **tx)
    .await
    .map_err(|source| StoreError::Sql { doing: "listing keys", source })
}

/// Marks a key revoked, once; the row as it is afterwards, and whether this call changed it. `None` = no such key.
pub(crate) async fn revoke(
    tx: &mut TenantTx,
    key: KeyId,
    now_ms: u64,
) -> Result<Option<(KeyRow, bool)>, StoreError> {
    let tenant = tx.tenant().uuid();
    let changed: Option<KeyRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "update license.key
            set revoked_ms = $3,
                version = version + 1
          where tenant_id = $1
            and id = $2
            and revoked_ms is null
      returning {COLUMNS}"
    )))
    .bind(tenant)
    .bind(key.uuid())
    .bind(signed(now_ms))
    .fetch_optional(&mut **tx)
    .await
    .map_err(|source| StoreError::Sql { doing: "revoking a key", source })?;
    if let Some(row) = changed {
        return Ok(Some((row, true)));
    }
    let row: Option<KeyRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from license.key where tenant_id = $1 and id = $2"
    )))
    .bind(tenant)
    .bind(key.uuid())
    .fetch_optional(&mut **tx)
    .await
    .map_err(|source| StoreError::Sql { doing: "reading a revoked key", source })?;
    Ok(row.map(|row| (row, false)))
}

/// Notes that keys were seen; never moves a time back. Not a change of the key, so its version stays.
pub(crate) async fn mark_used(
    pool: &Pool,
    tenant: TenantId,
    used: &[(KeyId, u64)],
) -> Result<(), StoreError> {
    let mut tx = pool.begin_tenant(tenant).await?;
    let ids: Vec<Uuid> = used.iter().map(|(key, _)| key.uuid()).collect();
    let times: Vec<i64> = used.iter().map(|(_, at_ms)| signed(*at_ms)).collect();
    sqlx::query(
        "update license.key
            set last_used_ms = greatest(last_used_ms, used.at_ms)
           from unnest($2::uuid[], $3::bigint[]) as used (id, at_ms)
          where key.tenant_id = $1
            and key.id = used.id",
    )
    .bind(tenant.uuid())
    .bind(ids)
    .bind(times)
    .execute(&mut *tx)
    .await
    .map_err(|source| StoreError::Sql { doing: "noting when keys were used", source })?;
    tx.commit().await?;
    Ok(())
}
