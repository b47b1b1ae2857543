//! Table `metering.usage_hour`.

use naru_ids::ProjectId;
use naru_metering_api::UsageQuestion;
use naru_postgres::Pool;
use naru_signal::Signal;
use sqlx::types::Uuid;

use super::StoreError;
use crate::aggregate::{Of, Sum};

/// Three signals of 400 days and of 60,000 projects; nobody has so many.
pub(crate) const ROWS_MAX: usize = 3 * (400 + 60_000);

/// Project, day in unix ms (one of the two), signal, first hour, last hour in unix ms, items, bytes.
type Row = (Option<Uuid>, Option<i64>, i16, i64, i64, i64, i64);

/// The sums of the question, by project and by day, ascending. More than [`ROWS_MAX`] means that some are left out.
///
/// Postgres adds up: a year of hours of many projects is too much to carry. One statement, so that days and projects
/// hold the same hours.
pub(crate) async fn sums(pool: &Pool, question: &UsageQuestion) -> Result<Vec<Sum>, StoreError> {
    let mut tx = pool.begin_tenant(question.tenant).await?;
    let rows: Vec<Row> = sqlx::query_as(
        "select project_id,
                (extract(epoch from day) * 1000)::bigint,
                signal,
                (extract(epoch from min(hour)) * 1000)::bigint,
                (extract(epoch from max(hour)) * 1000)::bigint,
                least(sum(items), 9223372036854775807)::bigint,
                least(sum(bytes), 9223372036854775807)::bigint
           from (select project_id, signal, hour, items, bytes, date_trunc('day', hour, 'UTC') as day
                   from metering.usage_hour
                  where tenant_id = $1
                    and ($2::uuid is null or project_id = $2)
                    and hour >= to_timestamp($3::double precision / 1000)
                    and hour < to_timestamp($4::double precision / 1000)) as asked
          group by grouping sets ((project_id, signal), (day, signal))
          order by project_id, day, signal
          limit $5",
    )
    .bind(question.tenant.uuid())
    .bind(question.project.map(ProjectId::uuid))
    .bind(question.from_ms as f64)
    .bind(question.to_ms as f64)
    .bind(i64::try_from(ROWS_MAX + 1).unwrap_or(i64::MAX))
    .fetch_all(&mut *tx)
    .await
    .map_err(|source| StoreError::Sql { doing: "summing usage", source })?;
    tx.commit().await?;
    Ok(rows.into_iter().filter_map(sum).collect())
}

/// `None` for a signal this program does not know, which the table's check rules out.
fn sum((project, day_ms, signal, first_hour_ms, last_hour_ms, items, bytes): Row) -> Option<Sum> {
    let unsigned = |value: i64| u64::try_from(value).unwrap_or(0);
    Some(Sum {
        of: match project {
            Some(project) => Of::Project(ProjectId::from_uuid(project)),
            None => Of::Day { start_ms: unsigned(day_ms?) },
        },
        signal: Signal::from_code(u8::try_from(signal).ok()?)?,
        first_hour_ms: unsigned(first_hour_ms),
        last_hour_ms: unsigned(last_hour_ms),
        items: unsigned(items),
        bytes: unsigned(bytes),
    })
}
