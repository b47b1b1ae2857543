//! Usage as the writer's commit transaction counted it.

use naru_ids::{ProjectId, TenantId, UsageId};
use naru_signal::Signal;
use serde::{Deserialize, Serialize};

/// Limits retention, `discard: new`, 30 days: metering may be away long and still total everything.
pub const USAGE_STREAM: &str = "USAGE";
pub const USAGE_SUBJECTS: &str = "usage.>";

#[must_use]
pub fn usage_subject(tenant: TenantId, project: ProjectId) -> String {
    format!("usage.{}.{}", tenant.hex(), project.hex())
}

/// One row of the outbox. It may come twice; whoever totals applies each `id` once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageRecord {
    pub v: u8,
    pub id: UsageId,
    pub tenant: TenantId,
    pub project: ProjectId,
    pub signal: Signal,
    /// The UTC hour of the gateway's receive time, as unix ms.
    pub hour_ms: u64,
    /// Stored spans, metric points or log records.
    pub items: u64,
    /// Decompressed OTLP bytes they came in.
    pub bytes: u64,
}
