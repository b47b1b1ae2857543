//! Pushed points: core NATS, only while somebody watches, and lossy on purpose; lists and heatmaps stay exact.

use naru_ids::{ProjectId, TenantId};
use serde::{Deserialize, Serialize};

/// Readers repeat [`LiveWatch`] every 5 s; a writer forgets a watch after this long.
pub const LIVE_WATCH_TTL_MS: u64 = 15_000;
pub const LIVE_WATCH_SUBJECTS: &str = "live-watch.>";

/// "Somebody watches this project."
#[must_use]
pub fn live_watch_subject(tenant: TenantId, project: ProjectId) -> String {
    format!("live-watch.{}.{}", tenant.hex(), project.hex())
}

/// Where the writer pushes [`LiveBatch`].
#[must_use]
pub fn live_subject(tenant: TenantId, project: ProjectId) -> String {
    format!("live.{}.{}", tenant.hex(), project.hex())
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LiveWatch {
    pub v: u8,
    pub tenant: TenantId,
    pub project: ProjectId,
}

/// Transactions that became queryable since the last batch: at most every 100 ms, at most 5,000 points.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LiveBatch {
    pub v: u8,
    pub points: Vec<LivePoint>,
    /// Points left out of this batch because it was full.
    pub omitted: u64,
}

/// One entry span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LivePoint {
    /// Unix ms with fraction.
    pub start_ms: f64,
    pub duration_ms: f64,
    pub error: bool,
    pub application: String,
    /// `service.instance.id`, or what stands for it; empty for agents that name none.
    #[serde(default)]
    pub instance: String,
    pub operation: String,
    pub trace_id: String,
    pub span_id: String,
}
