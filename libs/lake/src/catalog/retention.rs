//! How long rows are kept: by table, and otherwise for a tenant who has it so.

use std::collections::{BTreeMap, HashMap};

use naru_ids::TenantId;
use naru_postgres::{Pool, TenantTx};
use naru_signal::Table;
use uuid::Uuid;

use crate::{Error, rollup::Grain};

const DAY_NS: i64 = 86_400_000_000_000;

/// Days kept of each table, today not counted, for tenants without a wish of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaults {
    /// Of spans, metric points and log records.
    pub telemetry_days: u32,
}

impl Defaults {
    #[must_use]
    pub const fn days(self, table: Table) -> u32 {
        match kept_like(table) {
            Table::Spans | Table::MetricPoints | Table::LogRecords => self.telemetry_days,
            rollups => Grain::of(rollups).days_kept(),
        }
    }
}

/// The table whose days are this one's, too.
///
/// Deltas are what no merge has added to the coarser buckets yet, so they stay as long as the coarsest of these: a span may
/// come two weeks late, when its buckets of 10 s are gone, and still counts for its minute and its hour.
#[must_use]
pub const fn kept_like(table: Table) -> Table {
    match table {
        Table::RollupDeltas => Table::Rollups1h,
        other => other,
    }
}

/// Which days of each table are kept of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    defaults: Defaults,
    /// What the tenant has otherwise.
    own: BTreeMap<Table, u32>,
    /// Days since 1970 UTC, by Postgres's clock.
    today: i32,
}

impl Kept {
    /// Days, today not counted.
    #[must_use]
    pub fn days(&self, table: Table) -> u32 {
        self.own(table).unwrap_or_else(|| self.defaults.days(table))
    }

    /// `None` where the default holds.
    #[must_use]
    pub fn own(&self, table: Table) -> Option<u32> {
        self.own.get(&kept_like(table)).copied()
    }

    /// The first UTC day (since 1970) that is kept: rows of days before may be dropped at any moment.
    #[must_use]
    pub fn first_day(&self, table: Table) -> i32 {
        self.today.saturating_sub(i32::try_from(self.days(table)).unwrap_or(i32::MAX))
    }

    /// Where that day begins: unix ns.
    #[must_use]
    pub fn first_ns(&self, table: Table) -> i64 {
        i64::from(self.first_day(table)).saturating_mul(DAY_NS)
    }
}

/// What is kept of the transaction's tenant.
pub async fn kept(tx: &mut TenantTx, defaults: Defaults) -> Result<Kept, Error> {
    let (today,): (i32,) = sqlx::query_as("select (now() at time zone 'utc')::date - date '1970-01-01'")
        .fetch_one(&mut **tx)
        .await
        .map_err(Error::catalog("asking which day it is"))?;
    let rows: Vec<(i16, i32)> = sqlx::query_as("select holds, days from lake.retention where tenant_id = $1")
        .bind(tx.tenant().uuid())
        .fetch_all(&mut **tx)
        .await
        .map_err(Error::catalog("reading a tenant's retention"))?;
    let own = rows.into_iter().filter_map(|(code, days)| {
        let table = u8::try_from(code).ok().and_then(Table::from_code)?;
        Some((table, u32::try_from(days).ok()?))
    });
    Ok(Kept { defaults, own: own.collect(), today })
}

/// From when on rows of one table are kept, for each tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFrom {
    usual_ns: i64,
    own_ns: HashMap<TenantId, i64>,
}

impl KeptFrom {
    /// Where the first UTC day begins that is kept of a tenant: unix ns.
    #[must_use]
    pub fn of(&self, tenant: TenantId) -> i64 {
        self.own_ns.get(&tenant).copied().unwrap_or(self.usual_ns)
    }
}

/// From when on rows of a table are kept, of all tenants.
pub async fn kept_from(pool: &Pool, table: Table, defaults: Defaults) -> Result<KeptFrom, Error> {
    let rows: Vec<(Option<Uuid>, i32)> = sqlx::query_as(
        "select whose.tenant_id, (now() at time zone 'utc')::date - date '1970-01-01' - whose.days
           from (select tenant_id, days from lake.retention where holds = $1
                 union all
                 select null, $2) as whose",
    )
    .bind(i16::from(kept_like(table).code()))
    .bind(i32::try_from(defaults.days(table)).unwrap_or(i32::MAX))
    .fetch_all(pool.executor())
    .await
    .map_err(Error::catalog("reading all tenants' retention"))?;
    let (mut usual_ns, mut own_ns) = (i64::MIN, HashMap::new());
    for (tenant, day) in rows {
        let first_ns = i64::from(day).saturating_mul(DAY_NS);
        match tenant {
            Some(tenant) => _ = own_ns.insert(TenantId::from_uuid(tenant), first_ns),
            None => usual_ns = first_ns,
        }
    }
    Ok(KeptFrom { usual_ns, own_ns })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deltas_are_kept_as_long_as_what_they_become() {
        let defaults = Defaults { telemetry_days: 14 };
        assert!(
            Grain::ALL.iter().all(|grain| defaults.days(grain.table()) <= defaults.days(Table::RollupDeltas))
        );
        let own = BTreeMap::from([(Table::Rollups1h, 800), (Table::RollupDeltas, 3)]);
        let kept = Kept { defaults, own, today: 20_000 };
        assert_eq!((kept.days(Table::RollupDeltas), kept.first_day(Table::RollupDeltas)), (800, 19_200));
        assert_eq!((kept.days(Table::Spans), kept.own(Table::Spans)), (14, None));
    }
}
