//! How long rows are kept: by table, and otherwise for a tenant who has it so.

use naru_postgres::TenantTx;
use naru_signal::Table;

use crate::{Error, rollup::Grain};

/// Days kept of each table, today not counted, for tenants without a wish of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaults {
    /// Of spans, metric points and log records.
    pub telemetry_days: u32,
}

impl Defaults {
    #[must_use]
    pub const fn days(self, table: Table) -> u32 {
        match table {
            Table::Spans | Table::MetricPoints | Table::LogRecords => self.telemetry_days,
            Table::RollupDeltas | Table::Rollups10s | Table::Rollups1m | Table::Rollups1h => {
                Grain::of(table).days_kept()
            }
        }
    }
}

/// Keeps a table of the transaction's tenant for so many days (1 to 3,660); `None`: the default again.
pub async fn set(tx: &mut TenantTx, table: Table, days: Option<u32>) -> Result<(), Error> {
    let statement = match days {
        Some(_) => {
            "insert into lake.retention (tenant_id, holds, days)
             values ($1, $2, $3)
             on conflict (tenant_id, holds) do update set days = excluded.days"
        }
        None => "delete from lake.retention where tenant_id = $1 and holds = $2 and $3::integer is null",
    };
    sqlx::query(statement)
        .bind(tx.tenant().uuid())
        .bind(i16::from(table.code()))
        .bind(days.map(|days| i32::try_from(days).unwrap_or(i32::MAX)))
        .execute(&mut **tx)
        .await
        .map_err(Error::catalog("keeping a tenant's retention"))?;
    Ok(())
}
