//! Tenants' keys, wrapped by a key that the database never sees.

use naru_ids::TenantId;
use naru_postgres::{Pool, TenantTx};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{Error, seal::WrappedKey};

/// A tenant's key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    pub wrapped: WrappedKey,
    /// The name of the key it is under.
    pub wrapped_by: String,
}

impl KeyRow {
    fn of(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self { wrapped: WrappedKey(row.try_get("wrapped")?), wrapped_by: row.try_get("wrapped_by")? })
    }
}

/// The key of the transaction's tenant.
pub async fn read(tx: &mut TenantTx) -> Result<Option<KeyRow>, Error> {
    let row = sqlx::query("select wrapped, wrapped_by from lake.tenant_key where tenant_id = $1")
        .bind(tx.tenant().uuid())
        .fetch_optional(&mut **tx)
        .await
        .map_err(Error::catalog("reading a tenant's key"))?;
    row.as_ref().map(KeyRow::of).transpose().map_err(Error::catalog("reading a tenant's key"))
}

/// Keeps a new key unless there is one; answers the one there is.
pub async fn insert(tx: &mut TenantTx, key: &KeyRow) -> Result<KeyRow, Error> {
    sqlx::query(
        "insert into lake.tenant_key (tenant_id, wrapped, wrapped_by)
         values ($1, $2, $3)
         on conflict (tenant_id) do nothing",
    )
    .bind(tx.tenant().uuid())
    .bind(&key.wrapped.0)
    .bind(&key.wrapped_by)
    .execute(&mut **tx)
    .await
    .map_err(Error::catalog("keeping a tenant's key"))?;
    Ok(read(tx).await?.unwrap_or_else(|| key.clone()))
}

/// Keys of all tenants that are under another key than `newest`.
pub async fn not_under(pool: &Pool, newest: &str) -> Result<Vec<(TenantId, KeyRow)>, Error> {
    let rows =
        sqlx::query("select tenant_id, wrapped, wrapped_by from lake.tenant_key where wrapped_by <> $1")
            .bind(newest)
            .fetch_all(pool.executor())
            .await
            .map_err(Error::catalog("listing keys to rotate"))?;
    rows.iter()
        .map(|row| Ok((TenantId::from_uuid(row.try_get::<Uuid, _>("tenant_id")?), KeyRow::of(row)?)))
        .collect::<Result<_, sqlx::Error>>()
        .map_err(Error::catalog("listing keys to rotate"))
}

/// Puts `new` in the place of `old`, unless somebody did meanwhile.
pub async fn rewrap(tx: &mut TenantTx, old: &KeyRow, new: &KeyRow) -> Result<u64, Error> {
    let done = sqlx::query(
        "update lake.tenant_key
            set wrapped = $3, wrapped_by = $4
          where tenant_id = $1 and wrapped = $2",
    )
    .bind(tx.tenant().uuid())
    .bind(&old.wrapped.0)
    .bind(&new.wrapped.0)
    .bind(&new.wrapped_by)
    .execute(&mut **tx)
    .await
    .map_err(Error::catalog("keeping a rotated key"))?;
    Ok(done.rows_affected())
}
