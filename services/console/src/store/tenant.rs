//! Table `console.tenant`.

use naru_ids::{TenantId, UnixMs};
use uuid::Uuid;

use super::{
    Doing, StoreError, TenantTx, Tx, at,
    lookup::{self, Lookup},
    ms,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub id: TenantId,
    pub slug: String,
    pub company: String,
    pub region: String,
    pub created: UnixMs,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    slug: String,
    company: String,
    region: String,
    created_ms: i64,
}

impl From<Row> for Tenant {
    fn from(row: Row) -> Self {
        Self {
            id: TenantId::from_uuid(row.id),
            slug: row.slug,
            company: row.company,
            region: row.region,
            created: at(row.created_ms),
        }
    }
}

/// Runs into `tenant_slug_key` or `tenant_skeleton_key` when the name is gone.
pub async fn insert(tx: &mut TenantTx, tenant: &Tenant, skeleton: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into console.tenant (id, slug, skeleton, company, region, created_ms)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(tenant.id.uuid())
    .bind(&tenant.slug)
    .bind(skeleton)
    .bind(&tenant.company)
    .bind(&tenant.region)
    .bind(ms(tenant.created))
    .execute(&mut **tx)
    .await
    .doing("adding a tenant")?;
    Ok(())
}

/// The tenant this transaction is bound to.
pub async fn own(tx: &mut TenantTx) -> Result<Option<Tenant>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("select id, slug, company, region, created_ms from console.tenant where id = $1")
            .bind(tx.tenant().uuid())
            .fetch_optional(&mut **tx)
            .await
            .doing("reading a tenant")?;
    Ok(row.map(Tenant::from))
}

/// Whose host is this?
pub async fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Tenant>, StoreError> {
    lookup::by(tx, Lookup::Slug, slug).await?;
    let row: Option<Row> =
        sqlx::query_as("select id, slug, company, region, created_ms from console.tenant where slug = $1")
            .bind(slug)
            .fetch_optional(&mut **tx)
            .await
            .doing("looking up a tenant by its name")?;
    Ok(row.map(Tenant::from))
}

/// The name that looks like this one, if there is one; at most one tenant has a skeleton.
pub async fn slug_of_skeleton(tx: &mut Tx, skeleton: &str) -> Result<Option<String>, StoreError> {
    lookup::by(tx, Lookup::Skeleton, skeleton).await?;
    sqlx::query_scalar("select slug from console.tenant where skeleton = $1")
        .bind(skeleton)
        .fetch_optional(&mut **tx)
        .await
        .doing("looking up a tenant by its skeleton")
}
