//! Usage: metering totals what the writer committed.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::future::Cache;
use naru_ids::{ProjectId, TenantId};
use naru_metering_api::{ProjectUsage, USAGE, UsageAnswer, UsageQuestion};
use naru_nats::Bus;

use super::{TIMEOUT, from};
use crate::error::Error;

const HOUR_MS: u64 = 3_600_000;
/// The board of projects would rather show its last known numbers than wait.
const BOARD_TIMEOUT: Duration = Duration::from_millis(800);
/// What the board counts, in days: metering answers for at most 400 at a time.
const BOARD_DAYS: u64 = 399;
/// Boards ask again and again; within this time one answer serves all of a tenant's.
const FRESH_FOR: Duration = Duration::from_secs(2);
/// Last known numbers are kept this long, for this many tenants.
const KNOWN_FOR: Duration = Duration::from_secs(24 * 3_600);
const KNOWN_TENANTS_MAX: u64 = 10_000;

#[derive(Debug, Clone)]
struct Known {
    since: Instant,
    projects: Arc<Vec<ProjectUsage>>,
}

#[derive(Debug)]
pub struct Metering {
    bus: Bus,
    /// Keyed by tenant: what metering said last of all its projects.
    known: Cache<TenantId, Known>,
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

    /// Usage of all projects of a tenant in the last [`BOARD_DAYS`]: fresh, else as last known, else `None`.
    pub async fn board(&self, tenant: TenantId, now_ms: u64) -> Option<Arc<Vec<ProjectUsage>>> {
        let known = self.known.get(&tenant).await;
        if let Some(known) = known.as_ref().filter(|known| known.since.elapsed() < FRESH_FOR) {
            return Some(Arc::clone(&known.projects));
        }
        // The running hour ends later than now.
        let to_ms = (now_ms / HOUR_MS + 1) * HOUR_MS;
        let question = UsageQuestion {
            tenant,
            project: None,
            from_ms: to_ms.saturating_sub(BOARD_DAYS * 24 * HOUR_MS),
            to_ms,
        };
        match self.bus.request::<_, UsageAnswer>(USAGE, &question, BOARD_TIMEOUT).await {
            Ok(answer) => {
                let projects = Arc::new(answer.projects);
                let fresh = Known { since: Instant::now(), projects: Arc::clone(&projects) };
                self.known.insert(tenant, fresh).await;
                Some(projects)
            }
            Err(error) => {
                tracing::warn!(error = %naru_telemetry::chain(&error), "metering is away, the board shows what it said last");
                known.map(|known| known.projects)
            }
        }
    }
}
