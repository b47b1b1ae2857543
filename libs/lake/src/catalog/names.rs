//! Names that rollups count under, by project. First come, first kept, until nothing that is kept counts under them: caps hold
//! across restarts, since they are here, and a recount finds which rows counted under a name and which among all others.

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
    /// Buckets up to this one (unix ns) count it among all others: it came when it found no room, for all anybody knows.
    pub after_ns: i64,
    /// No bucket at this moment (unix ns) or later counts under it. Of one in use it is moved on from time to time.
    pub until_ns: i64,
}

/// Where names found no room: any that has no row was counted among all others, up to a bucket.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FullRow {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub kind: Kind,
    pub service: String,
    /// Where the last such bucket begins, unix ns.
    pub through_ns: i64,
}

/// A project whose names grew old: rows whose `until_ns` is not after this moment (unix ns) go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgedRow {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub kept_ns: i64,
}

/// What is known of names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// In the order they came.
    pub names: Vec<NameRow>,
    pub full: Vec<FullRow>,
}

/// What a cut changes about names: first there are more of them, or in use for longer; then some are gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    pub names: Vec<NameRow>,
    pub full: Vec<FullRow>,
    pub aged: Vec<AgedRow>,
}

impl Changes {
    pub(super) fn tenants(&self) -> impl Iterator<Item = TenantId> {
        let names = self.names.iter().map(|row| row.tenant);
        names.chain(self.full.iter().map(|row| row.tenant)).chain(self.aged.iter().map(|row| row.tenant))
    }
}

/// All names that were counted last in a partition.
pub async fn of_partition(pool: &Pool, partition: u16) -> Result<Names, Error> {
    let names = sqlx::query(
        "select tenant_id, project_id, kind, service, name, after_ns, until_ns
           from lake.rollup_name
          where partition = $1
          order by created_at, tenant_id, project_id, kind, service, name",
    )
    .bind(i32::from(partition))
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("reading names of rollups"))?;
    let full = sqlx::query(
        "select tenant_id, project_id, kind, service, through_ns
           from lake.rollup_full
          where partition = $1
          order by tenant_id, project_id, kind, service",
    )
    .bind(i32::from(partition))
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("reading which names found no room"))?;
    names_of(&names, &full)
}

/// The names of one of the transaction's tenant's projects.
pub async fn of_project(tx: &mut TenantTx, project: ProjectId) -> Result<Names, Error> {
    let tenant = tx.tenant();
    let names = sqlx::query(
        "select tenant_id, project_id, kind, service, name, after_ns, until_ns
           from lake.rollup_name
          where tenant_id = $1
            and project_id = $2
          order by created_at, kind, service, name",
    )
    .bind(tenant.uuid())
    .bind(project.uuid())
    .fetch_all(&mut **tx)
    .await
    .map_err(Error::catalog("reading names of rollups"))?;
    let full = sqlx::query(
        "select tenant_id, project_id, kind, service, through_ns
           from lake.rollup_full
          where tenant_id = $1
            and project_id = $2
          order by kind, service",
    )
    .bind(tenant.uuid())
    .bind(project.uuid())
    .fetch_all(&mut **tx)
    .await
    .map_err(Error::catalog("reading which names found no room"))?;
    names_of(&names, &full)
}

fn names_of(names: &[PgRow], full: &[PgRow]) -> Result<Names, Error> {
    let read = || -> Result<Names, sqlx::Error> {
        Ok(Names {
            names: names.iter().filter_map(|row| name_row(row).transpose()).collect::<Result<_, _>>()?,
            full: full.iter().filter_map(|row| full_row(row).transpose()).collect::<Result<_, _>>()?,
        })
    };
    read().map_err(Error::catalog("reading names of rollups"))
}

/// Kinds of a newer program are passed over, not lost: their rows stay.
fn kind(row: &PgRow) -> Result<Option<Kind>, sqlx::Error> {
    let code: i16 = row.try_get("kind")?;
    Ok(u8::try_from(code).ok().and_then(Kind::from_code))
}

fn name_row(row: &PgRow) -> Result<Option<NameRow>, sqlx::Error> {
    let Some(kind) = kind(row)? else { return Ok(None) };
    Ok(Some(NameRow {
        tenant: TenantId::from_uuid(row.try_get::<Uuid, _>("tenant_id")?),
        project: ProjectId::from_uuid(row.try_get::<Uuid, _>("project_id")?),
        kind,
        service: row.try_get("service")?,
        name: row.try_get("name")?,
        after_ns: row.try_get("after_ns")?,
        until_ns: row.try_get("until_ns")?,
    }))
}

fn full_row(row: &PgRow) -> Result<Option<FullRow>, sqlx::Error> {
    let Some(kind) = kind(row)? else { return Ok(None) };
    Ok(Some(FullRow {
        tenant: TenantId::from_uuid(row.try_get::<Uuid, _>("tenant_id")?),
        project: ProjectId::from_uuid(row.try_get::<Uuid, _>("project_id")?),
        kind,
        service: row.try_get("service")?,
        through_ns: row.try_get("through_ns")?,
    }))
}

/// In the transaction of a commit, under one tenant.
pub(super) async fn change(
    tx: &mut Tx,
    tenant: TenantId,
    partition: u16,
    changes: &Changes,
) -> Result<(), Error> {
    let names: Vec<&NameRow> = changes.names.iter().filter(|row| row.tenant == tenant).collect();
    for rows in names.chunks(CHUNK_ROWS) {
        keep(tx, partition, rows).await?;
    }
    let full: Vec<&FullRow> = changes.full.iter().filter(|row| row.tenant == tenant).collect();
    for rows in full.chunks(CHUNK_ROWS) {
        turn_away(tx, partition, rows).await?;
    }
    for row in changes.aged.iter().filter(|row| row.tenant == tenant) {
        sqlx::query(
            "delete from lake.rollup_name
              where tenant_id = $1
                and project_id = $2
                and until_ns <= $3",
        )
        .bind(row.tenant.uuid())
        .bind(row.project.uuid())
        .bind(row.kept_ns)
        .execute(&mut **tx)
        .await
        .map_err(Error::catalog("letting old names of rollups go"))?;
    }
    Ok(())
}

async fn keep(tx: &mut Tx, partition: u16, rows: &[&NameRow]) -> Result<(), Error> {
    let column = |of: fn(&NameRow) -> &str| rows.iter().map(|row| of(row).to_owned()).collect::<Vec<_>>();
    sqlx::query(
        "insert into lake.rollup_name (tenant_id, project_id, partition, kind, service, name, after_ns, until_ns)
         select tenant_id, project_id, $3, kind, service, name, after_ns, until_ns
           from unnest($1::uuid[], $2::uuid[], $4::smallint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
                as row (tenant_id, project_id, kind, service, name, after_ns, until_ns)
         on conflict (tenant_id, project_id, kind, service, name)
         do update set until_ns = greatest(rollup_name.until_ns, excluded.until_ns),
                       partition = excluded.partition",
    )
    .bind(rows.iter().map(|row| row.tenant.uuid()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.project.uuid()).collect::<Vec<_>>())
    .bind(i32::from(partition))
    .bind(rows.iter().map(|row| i16::from(row.kind.code())).collect::<Vec<_>>())
    .bind(column(|row| &row.service))
    .bind(column(|row| &row.name))
    .bind(rows.iter().map(|row| row.after_ns).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.until_ns).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await
    .map_err(Error::catalog("keeping names of rollups"))?;
    Ok(())
}

async fn turn_away(tx: &mut Tx, partition: u16, rows: &[&FullRow]) -> Result<(), Error> {
    sqlx::query(
        "insert into lake.rollup_full (tenant_id, project_id, partition, kind, service, through_ns)
         select tenant_id, project_id, $3, kind, service, through_ns
           from unnest($1::uuid[], $2::uuid[], $4::smallint[], $5::text[], $6::bigint[])
                as row (tenant_id, project_id, kind, service, through_ns)
         on conflict (tenant_id, project_id, kind, service)
         do update set through_ns = greatest(rollup_full.through_ns, excluded.through_ns),
                       partition = excluded.partition",
    )
    .bind(rows.iter().map(|row| row.tenant.uuid()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.project.uuid()).collect::<Vec<_>>())
    .bind(i32::from(partition))
    .bind(rows.iter().map(|row| i16::from(row.kind.code())).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.service.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.through_ns).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await
    .map_err(Error::catalog("noting which names found no room"))?;
    Ok(())
}
