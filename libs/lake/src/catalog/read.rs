//! What query may ask: segments of its transaction's tenant, and partitions.

use naru_ids::{ProjectId, SegmentId, TenantId};
use naru_postgres::{Pool, TenantTx};
use naru_signal::Table;
use sqlx::{FromRow, Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Error,
    catalog::{PartitionRow, SegmentRow},
    seal::WrappedKey,
};

/// More segments than this for one range mean that compaction is far behind; the newest are answered.
pub const SEGMENTS_MAX: i64 = 200_000;

/// Segments that may hold rows with `from_ns <= time < to_ns`, newest first.
pub async fn segments(
    tx: &mut TenantTx,
    project: ProjectId,
    tables: &[Table],
    from_ns: i64,
    to_ns: i64,
) -> Result<Vec<SegmentRow>, Error> {
    let tenant = tx.tenant();
    let rows = sqlx::query(
        "select tenant_id, project_id, holds, id, (day - date '1970-01-01') as day, partition, first_seq, last_seq, level, path,
                byte_offset, byte_length, row_count, min_start_ns, max_start_ns, sealed_key
           from lake.segment
          where tenant_id = $1
            and project_id = $2
            and holds = any($3)
            and max_start_ns >= $4
            and min_start_ns < $5
          order by max_start_ns desc, id
          limit $6",
    )
    .bind(tenant.uuid())
    .bind(project.uuid())
    .bind(tables.iter().map(|table| i16::from(table.code())).collect::<Vec<_>>())
    .bind(from_ns)
    .bind(to_ns)
    .bind(SEGMENTS_MAX)
    .fetch_all(&mut **tx)
    .await
    .map_err(Error::catalog("listing segments"))?;
    rows.iter()
        .map(segment_row)
        .collect::<Result<_, sqlx::Error>>()
        .map_err(Error::catalog("reading segment rows"))
}

/// Of all columns of `lake.segment`, with `day` as days since 1970.
pub(super) fn segment_row(row: &PgRow) -> Result<SegmentRow, sqlx::Error> {
    let code: i16 = row.try_get("holds")?;
    let table = u8::try_from(code).ok().and_then(Table::from_code);
    Ok(SegmentRow {
        id: SegmentId::from_uuid(row.try_get::<Uuid, _>("id")?),
        tenant: TenantId::from_uuid(row.try_get::<Uuid, _>("tenant_id")?),
        project: ProjectId::from_uuid(row.try_get::<Uuid, _>("project_id")?),
        table: table.ok_or_else(|| sqlx::Error::Decode(format!("table {code} is not known").into()))?,
        day: row.try_get("day")?,
        partition: partition_number(row)?,
        first_seq: count(row, "first_seq")?,
        last_seq: count(row, "last_seq")?,
        level: row.try_get("level")?,
        path: row.try_get("path")?,
        offset: count(row, "byte_offset")?,
        length: count(row, "byte_length")?,
        sealed_key: WrappedKey(row.try_get("sealed_key")?),
        rows: count(row, "row_count")?,
        min_start_ns: row.try_get("min_start_ns")?,
        max_start_ns: row.try_get("max_start_ns")?,
    })
}

/// Projects of the transaction's tenant that have segments.
pub async fn projects(tx: &mut TenantTx) -> Result<Vec<ProjectId>, Error> {
    let rows: Vec<(Uuid,)> = sqlx::query_as(
        "select distinct project_id
           from lake.segment
          where tenant_id = $1
          order by project_id",
    )
    .bind(tx.tenant().uuid())
    .fetch_all(&mut **tx)
    .await
    .map_err(Error::catalog("listing a tenant's projects"))?;
    Ok(rows.into_iter().map(|(project,)| ProjectId::from_uuid(project)).collect())
}

/// The partition's row; `None` when no writer ever took it.
pub async fn partition(pool: &Pool, partition: u16) -> Result<Option<PartitionRow>, Error> {
    sqlx::query_as::<_, PartitionRow>(
        "select partition, owner, epoch, (extract(epoch from lease_until) * 1000)::bigint as lease_until_ms,
                committed_seq, flight_url, removals
           from lake.partition
          where partition = $1",
    )
    .bind(i32::from(partition))
    .fetch_optional(pool.executor())
    .await
    .map_err(Error::catalog("reading a partition"))
}

impl FromRow<'_, PgRow> for PartitionRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            partition: partition_number(row)?,
            owner: row.try_get("owner")?,
            epoch: row.try_get("epoch")?,
            lease_until_ms: row.try_get("lease_until_ms")?,
            committed_seq: count(row, "committed_seq")?,
            flight_url: row.try_get("flight_url")?,
            removals: count(row, "removals")?,
        })
    }
}

pub(super) fn partition_number(row: &PgRow) -> Result<u16, sqlx::Error> {
    u16::try_from(row.try_get::<i32, _>("partition")?).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Postgres has no unsigned integers; checks keep these columns at zero or more.
pub(super) fn count(row: &PgRow, column: &str) -> Result<u64, sqlx::Error> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|error| sqlx::Error::Decode(error.into()))
}
