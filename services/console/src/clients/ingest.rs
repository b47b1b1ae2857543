//! The test trace of the install page: ingest makes and appends it.

use naru_ids::{ProjectId, TenantId};
use naru_ingest_api::{TEST_TRACE, TestTrace, TestTraceSent};
use naru_nats::Bus;

use super::{TIMEOUT, from};
use crate::error::Error;

#[derive(Debug)]
pub struct Ingest {
    bus: Bus,
}

impl Ingest {
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        Self { bus }
    }

    /// The trace is durable when this answers.
    pub async fn test_trace(&self, tenant: TenantId, project: ProjectId) -> Result<TestTraceSent, Error> {
        self.bus.request(TEST_TRACE, &TestTrace { tenant, project }, TIMEOUT).await.map_err(from("ingest"))
    }
}
