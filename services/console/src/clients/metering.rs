//! Usage: metering totals what the writer committed.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use naru_ids::{ProjectId, TenantId};
use naru_metering_api::{ProjectUsage, USAGE, UsageAnswer, UsageQuestion};
use naru_nats::Bus;

use super::{TIMEOUT, from};
use crate::error::Error;

/// The board of projects would rather show its last known numbers than wait.
const BOARD_TIMEOUT: Duration = Duration::from_millis(800);
/// Last known numbers are kept this long, for this many tenants.
const KNOWN_FOR: Duration = Duration::from_secs(24 * 3_600);
const KNOWN_TENANTS_MAX: u64 = 10_000;

#[derive(Debug)]
pub struct Metering {
    bus: Bus,
    /// Keyed by tenant: what metering said last of all its projects.
    known: Cache<TenantId, Arc<Vec<ProjectUsage>>>,
}

impl Metering {
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        let known = Cache::builder().max_capacity(KNOWN_TENANTS_MAX).time_to_live(KNOWN_FOR).build();
        Self { bus, known }
    }

    /// Usage of one project in `[from_ms, to_ms)`.
    pub async fn usage(
        &self,
        tenant: TenantId,
        project: ProjectId,
        from_ms: u64,
        to_ms: u64,
    ) -> Result<UsageAnswer, Error> {
        let question = UsageQuestion { tenant, project: Some(project), from_ms, to_ms };
        self.bus.request(USAGE, &question, TIMEOUT).await.map_err(from("metering"))
    }

    /// Usage of all projects of a tenant since ever: fresh, else as last known, else `None`.
    pub async fn all_time(&self, tenant: TenantId, now_ms: u64) -> Option<Arc<Vec<ProjectUsage>>> {
        // One hour more, since the running hour ends later than now.
        let question =
            UsageQuestion { tenant, project: None, from_ms: 0, to_ms: now_ms.saturating_add(3_600_000) };
        match self.bus.request::<_, UsageAnswer>(USAGE, &question, BOARD_TIMEOUT).await {
            Ok(answer) => {
                let projects = Arc::new(answer.projects);
                self.known.insert(tenant, Arc::clone(&projects)).await;
                Some(projects)
            }
            Err(error) => {
                tracing::warn!(error = %naru_telemetry::chain(&error), "metering is away, the board shows what it said last");
                self.known.get(&tenant).await
            }
        }
    }
}
