//! How long a tenant's telemetry is kept: told, and set.

use naru_ids::TenantId;
use naru_lake::{
    Error,
    catalog::retention::{self, Defaults, Kept},
};
use naru_signal::Signal;
use tracing::{info, warn};

use super::Operator;

/// As many as the catalog takes: ten years.
pub(super) const DAYS_MAX: u32 = 3_660;

impl Operator {
    /// What is kept of a tenant, where others' telemetry is kept for `usual_days`.
    pub async fn retention(&self, tenant: TenantId, usual_days: u32) -> Result<Kept, Error> {
        let mut tx = self.begin(tenant).await?;
        retention::kept(&mut tx, Defaults { telemetry_days: usual_days }).await
    }

    /// Keeps a signal of a tenant for so many days (1 to 3,660) from now on; `None`: as long as others'.
    pub async fn keep(&self, tenant: TenantId, signal: Signal, days: Option<u32>) -> Result<(), Error> {
        let mut tx = self.begin(tenant).await?;
        retention::set(&mut tx, signal.into(), days).await?;
        let commit = tx.commit().await;
        commit.map_err(|source| Error::Transaction { doing: "keeping a tenant's retention", source })
    }

    /// Says what is kept of each signal.
    pub(super) async fn tell_retention(&self, tenant: TenantId, usual_days: u32) -> Result<(), Error> {
        if self.keys.get(tenant).await?.is_none() {
            warn!(tenant.id = %tenant, "nothing of {tenant} is stored: is this its id?");
        }
        let kept = self.retention(tenant, usual_days).await?;
        for signal in Signal::ALL {
            let days = kept.days(signal.into());
            let whose = if kept.own(signal.into()).is_some() { "by its own wish" } else { "as usual" };
            info!(tenant.id = %tenant, signal = %signal, days, "{signal} of {tenant} are kept for {days} days, {whose}");
        }
        Ok(())
    }
}
