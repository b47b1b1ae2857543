//! Names that rollups count under, by project. First come, first kept: caps hold across restarts, since they are here.

use naru_ids::{ProjectId, TenantId};
use naru_postgres::{Pool, TenantTx, Tx};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::commit::CHUNK_ROWS;
use crate::{Error, rollup::Kind};

/// A name that rows of this kind and service may have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameRow {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub kind: Kind,
    pub service: String,
    pub name: String,
}

/// All names that were first counted in a partition, in the order they came.
pub async fn of_partition(pool: &Pool, partition: u16) -> Result<Vec<NameRow>, Error> {
    let rows = sqlx::query(
        "select tenant_id, project_id, kind, service, name
           from lake.rollup_name
          where partition = $1
          order by created_at, tenant_id, project_id, kind, service, name",
    )
    .bind(i32::from(partition))
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("reading names of rollups"))?;
    name_rows(&rows)
}

/// The names of one of the transaction's tenant's projects.
pub async fn of_project(tx: &mut TenantTx, project: ProjectId) -> Result<Vec<NameRow>, Error> {
    let rows = sqlx::query(
        "select tenant_id, project_id, kind, service, name
           from lake.rollup_name
          where tenant_id = $1
            and project_id = $2
          order by created_at, kind, service, name",
    )
    .bind(tx.tenant().uuid())
    .bind(project.uuid())
    .fetch_all(&mut **tx)
    .await
    .map_err(Error::catalog("reading names of rollups"))?;
    name_rows(&rows)
}

/// Kinds of a newer program are passed over, not lost: their rows stay.
fn name_rows(rows: &[PgRow]) -> Result<Vec<NameRow>, Error> {
    rows.iter()
        .filter_map(|row| name_row(row).transpose())
        .collect::<Result<_, sqlx::Error>>()
        .map_err(Error::catalog("reading names of rollups"))
}

fn name_row(row: &PgRow) -> Result<Option<NameRow>, sqlx::Error> {
    let code: i16 = row.try_get("kind")?;
    let Some(kind) = u8::try_from(code).ok().and_then(Kind::from_code) else { return Ok(None) };
    Ok(Some(NameRow {
        tenant: TenantId::from_uuid(row.try_get::<Uuid, _>("tenant_id")?),
        project: ProjectId::from_uuid(row.try_get::<Uuid, _>("project_id")?),
        kind,
        service: row.try_get("service")?,
        name: row.try_get("name")?,
    }))
}

/// In the transaction of a commit, under one tenant.
pub(super) async fn insert(tx: &mut Tx, partition: u16, rows: &[&NameRow]) -> Result<(), Error> {
    for rows in rows.chunks(CHUNK_ROWS) {
        let column = |of: fn(&NameRow) -> &str| rows.iter().map(|row| of(row).to_owned()).collect::<Vec<_>>();
        sqlx::query(
            "insert into lake.rollup_name (tenant_id, project_id, partition, kind, service, name)
             select tenant_id, project_id, $3, kind, service, name
               from unnest($1::uuid[], $2::uuid[], $4::smallint[], $5::text[], $6::text[])
                    as row (tenant_id, project_id, kind, service, name)
             on conflict do nothing",
        )
        .bind(rows.iter().map(|row| row.tenant.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.project.uuid()).collect::<Vec<_>>())
        .bind(i32::from(partition))
        .bind(rows.iter().map(|row| i16::from(row.kind.code())).collect::<Vec<_>>())
        .bind(column(|row| &row.service))
        .bind(column(|row| &row.name))
        .execute(&mut **tx)
        .await
        .map_err(Error::catalog("keeping names of rollups"))?;
    }
    Ok(())
}
