//! Tenants' keys, wrapped by a key that the database never sees.

use std::collections::BTreeMap;

use naru_ids::TenantId;
use naru_postgres::{Pool, TenantTx, Tx};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{Error, seal::WrappedKey};

/// A tenant's key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Stays when the key is wrapped anew; a tenant who was forgotten and comes again has another.
    pub id: Uuid,
    pub wrapped: WrappedKey,
    /// The name of the key it is under.
    pub wrapped_by: String,
}

impl KeyRow {
    fn of(row: &PgRow) -> Result<Self, sqlx::Error> {
        let wrapped = WrappedKey(row.try_get("wrapped")?);
        Ok(Self { id: row.try_get("id")?, wrapped, wrapped_by: row.try_get("wrapped_by")? })
    }
}

/// The key of the transaction's tenant.
pub async fn read(tx: &mut TenantTx) -> Result<Option<KeyRow>, Error> {
    let row = sqlx::query("select id, wrapped, wrapped_by from lake.tenant_key where tenant_id = $1")
        .bind(tx.tenant().uuid())
        .fetch_optional(&mut **tx)
        .await
        .map_err(Error::catalog("reading a tenant's key"))?;
    row.as_ref().map(KeyRow::of).transpose().map_err(Error::catalog("reading a tenant's key"))
}

/// Keeps a new key unless there is one; answers the one there is.
pub async fn insert(tx: &mut TenantTx, wrapped: &WrappedKey, wrapped_by: &str) -> Result<KeyRow, Error> {
    sqlx::query(
        "insert into lake.tenant_key (tenant_id, wrapped, wrapped_by)
         values ($1, $2, $3)
         on conflict (tenant_id) do nothing",
    )
    .bind(tx.tenant().uuid())
    .bind(&wrapped.0)
    .bind(wrapped_by)
    .execute(&mut **tx)
    .await
    .map_err(Error::catalog("keeping a tenant's key"))?;
    let gone = || Error::catalog("keeping a tenant's key")(sqlx::Error::RowNotFound);
    read(tx).await?.ok_or_else(gone)
}

/// Part of a commit: nobody destroys these keys before it ends. False when one of them is destroyed already: what it sealed
/// can never be opened.
///
/// Keys are locked before partitions and segments, by all who lock both.
pub(super) async fn hold(tx: &mut Tx, keys: &BTreeMap<TenantId, Uuid>) -> Result<bool, Error> {
    if keys.is_empty() {
        return Ok(true);
    }
    let held = sqlx::query(
        "select 1
           from lake.tenant_key
           join unnest($1::uuid[], $2::uuid[]) as sealing (tenant_id, id)
             on sealing.tenant_id = tenant_key.tenant_id
            and sealing.id = tenant_key.id
          order by tenant_key.tenant_id
            for key share of tenant_key",
    )
    .bind(keys.keys().map(|tenant| tenant.uuid()).collect::<Vec<_>>())
    .bind(keys.values().copied().collect::<Vec<_>>())
    .fetch_all(&mut **tx)
    .await
    .map_err(Error::catalog("holding the keys of a commit"))?;
    Ok(held.len() == keys.len())
}

/// [`hold`] for whatever key the tenant has. False when it has none.
pub(super) async fn hold_any(tx: &mut Tx, tenant: TenantId) -> Result<bool, Error> {
    let held = sqlx::query("select 1 from lake.tenant_key where tenant_id = $1 for key share")
        .bind(tenant.uuid())
        .fetch_optional(&mut **tx)
        .await
        .map_err(Error::catalog("holding a tenant's key"))?;
    Ok(held.is_some())
}

/// Keys of all tenants that are under another key than `newest`.
pub async fn not_under(pool: &Pool, newest: &str) -> Result<Vec<(TenantId, KeyRow)>, Error> {
    let rows =
        sqlx::query("select tenant_id, id, wrapped, wrapped_by from lake.tenant_key where wrapped_by <> $1")
            .bind(newest)
            .fetch_all(pool.executor())
            .await
            .map_err(Error::catalog("listing keys to rotate"))?;
    rows.iter()
        .map(|row| Ok((TenantId::from_uuid(row.try_get::<Uuid, _>("tenant_id")?), KeyRow::of(row)?)))
        .collect::<Result<_, sqlx::Error>>()
        .map_err(Error::catalog("listing keys to rotate"))
}

/// Wraps `old` anew, unless somebody did meanwhile.
pub async fn rewrap(
    tx: &mut TenantTx,
    old: &KeyRow,
    wrapped: &WrappedKey,
    wrapped_by: &str,
) -> Result<u64, Error> {
    let done = sqlx::query(
        "update lake.tenant_key
            set wrapped = $3, wrapped_by = $4
          where tenant_id = $1 and wrapped = $2",
    )
    .bind(tx.tenant().uuid())
    .bind(&old.wrapped.0)
    .bind(&wrapped.0)
    .bind(wrapped_by)
    .execute(&mut **tx)
    .await
    .map_err(Error::catalog("keeping a rotated key"))?;
    Ok(done.rows_affected())
}
