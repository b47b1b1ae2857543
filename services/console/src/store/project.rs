//! Table `console.project`.

use naru_ids::{ProjectId, UnixMs};
use uuid::Uuid;

use super::{Doing, StoreError, TenantTx, at, ms};

/// Far above what anybody groups by hand; it bounds the list and every caller answer.
pub const PROJECTS_MAX: i64 = 500;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    /// One of `project::PLATFORMS`.
    pub platform: String,
    pub region: String,
    pub group: String,
    pub created: UnixMs,
    /// When the gateway told of the first span.
    pub first_data: Option<UnixMs>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    platform: String,
    region: String,
    group_name: String,
    created_ms: i64,
    first_data_ms: Option<i64>,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        Self {
            id: ProjectId::from_uuid(row.id),
            name: row.name,
            platform: row.platform,
            region: row.region,
            group: row.group_name,
            created: at(row.created_ms),
            first_data: row.first_data_ms.map(at),
        }
    }
}

/// `false` = the tenant has [`PROJECTS_MAX`] projects already.
pub async fn insert(tx: &mut TenantTx, project: &Project) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "insert into console.project (tenant_id, id, name, platform, region, group_name, created_ms)
         select $1, $2, $3, $4, $5, $6, $7
          where (select count(*) from console.project where tenant_id = $1) < $8",
    )
    .bind(tx.tenant().uuid())
    .bind(project.id.uuid())
    .bind(&project.name)
    .bind(&project.platform)
    .bind(&project.region)
    .bind(&project.group)
    .bind(ms(project.created))
    .bind(PROJECTS_MAX)
    .execute(&mut **tx)
    .await
    .doing("adding a project")?;
    Ok(done.rows_affected() == 1)
}

/// All projects of the tenant, oldest first.
pub async fn list(tx: &mut TenantTx) -> Result<Vec<Project>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, name, platform, region, group_name, created_ms, first_data_ms
           from console.project
          where tenant_id = $1
          order by created_ms, id
          limit $2",
    )
    .bind(tx.tenant().uuid())
    .bind(PROJECTS_MAX)
    .fetch_all(&mut **tx)
    .await
    .doing("listing projects")?;
    Ok(rows.into_iter().map(Project::from).collect())
}

/// `None` for unknown ids and for other tenants' ids alike.
pub async fn get(tx: &mut TenantTx, id: ProjectId) -> Result<Option<Project>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select id, name, platform, region, group_name, created_ms, first_data_ms
           from console.project
          where tenant_id = $1
            and id = $2",
    )
    .bind(tx.tenant().uuid())
    .bind(id.uuid())
    .fetch_optional(&mut **tx)
    .await
    .doing("reading a project")?;
    Ok(row.map(Project::from))
}

/// Keeps the earliest first span that was ever told; telling it again changes nothing.
pub async fn set_first_data(tx: &mut TenantTx, id: ProjectId, first: UnixMs) -> Result<(), StoreError> {
    sqlx::query(
        "update console.project
            set first_data_ms = least(first_data_ms, $3)
          where tenant_id = $1
            and id = $2",
    )
    .bind(tx.tenant().uuid())
    .bind(id.uuid())
    .bind(ms(first))
    .execute(&mut **tx)
    .await
    .doing("noting a project's first data")?;
    Ok(())
}
