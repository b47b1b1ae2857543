//! What other services may know of metering: what a project has used.

use naru_ids::{ProjectId, TenantId};
use serde::{Deserialize, Serialize};

/// [`UsageQuestion`] → [`UsageAnswer`].
pub const USAGE: &str = "metering.v1.usage";

/// Usage of one project, or of all projects of a tenant, over whole UTC hours: `[from_ms, to_ms)`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UsageQuestion {
    pub tenant: TenantId,
    pub project: Option<ProjectId>,
    pub from_ms: u64,
    pub to_ms: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageAnswer {
    pub totals: UsageTotals,
    /// Ascending; days without usage are left out.
    pub days: Vec<UsageDay>,
    /// One per project with usage in the range; empty ones are left out.
    pub projects: Vec<ProjectUsage>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageTotals {
    pub spans: u64,
    pub metric_points: u64,
    pub log_records: u64,
    /// Decompressed OTLP bytes of all signals.
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageDay {
    /// UTC calendar day, `2026-11-21`.
    pub day: String,
    #[serde(flatten)]
    pub totals: UsageTotals,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectUsage {
    pub project: ProjectId,
    #[serde(flatten)]
    pub totals: UsageTotals,
    /// First and last UTC hour (unix ms) with usage.
    pub first_hour_ms: u64,
    pub last_hour_ms: u64,
}
