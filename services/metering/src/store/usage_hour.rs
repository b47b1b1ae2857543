//! Table `metering.usage_hour`.

use naru_ids::ProjectId;
use naru_metering_api::UsageQuestion;
use naru_postgres::Pool;
use naru_signal::Signal;
use sqlx::types::Uuid;

use super::StoreError;
use crate::aggregate::Hour;

/// 400 days × 24 h × 3 signals of seven projects; a tenant with more asks for a shorter time.
pub(crate) const ROWS_MAX: usize = 7 * 400 * 24 * 3;

type Row = (Uuid, i16, i64, i64, i64);

/// The hours of the question, ascending. More than [`ROWS_MAX`] means that some are left out.
pub(crate) async fn read(pool: &Pool, question: &UsageQuestion) -> Result<Vec<Hour>, StoreError> {
    let mut tx = pool.begin_tenant(question.tenant).await?;
    let rows: Vec<Row> = sqlx::query_as(
        "select project_id, signal, (extract(epoch from hour) * 1000)::bigint as hour_ms, items, bytes
           from metering.usage_hour
          where tenant_id = $1
            and ($2::uuid is null or project_id = $2)
            and hour >= to_timestamp($3::double precision / 1000)
            and hour < to_timestamp($4::double precision / 1000)
          order by hour, project_id, signal
          limit $5",
    )
    .bind(question.tenant.uuid())
    .bind(question.project.map(ProjectId::uuid))
    .bind(question.from_ms as f64)
    .bind(question.to_ms as f64)
    .bind(i64::try_from(ROWS_MAX + 1).unwrap_or(i64::MAX))
    .fetch_all(&mut *tx)
    .await
    .map_err(|source| StoreError::Sql { doing: "reading usage", source })?;
    tx.commit().await?;
    Ok(rows.into_iter().filter_map(hour).collect())
}

/// `None` for a signal this program does not know, which the table's check rules out.
fn hour((project, signal, hour_ms, items, bytes): Row) -> Option<Hour> {
    let unsigned = |value: i64| u64::try_from(value).unwrap_or(0);
    Some(Hour {
        project: ProjectId::from_uuid(project),
        signal: Signal::from_code(u8::try_from(signal).ok()?)?,
        hour_ms: unsigned(hour_ms),
        items: unsigned(items),
        bytes: unsigned(bytes),
    })
}
