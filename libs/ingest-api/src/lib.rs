//! What other services may know of ingest: where it appends on the bus, the onboarding events it tells, and the test
//! trace it can make. The bytes of a pack are `naru-otlp`'s.

mod onboarding;

use naru_ids::{ProjectId, TenantId};
use serde::{Deserialize, Serialize};

pub use onboarding::{
    ONBOARDING_AGE_S_MAX, ONBOARDING_BYTES_MAX, ONBOARDING_MESSAGES_PER_PROJECT_MAX, ONBOARDING_STREAM,
    ONBOARDING_SUBJECTS, OnboardingEvent, OnboardingKind, onboarding_subject,
};

/// Partition streams on one box. A cluster sets its own number once, before the first byte.
pub const PARTITIONS_DEFAULT: u16 = 8;

/// Cap of one partition stream on one box. The disk under it must hold all of them, and more.
pub const STREAM_BYTES_MAX_DEFAULT: i64 = 2 << 30;

/// The metadata key of a partition stream's identity: a UUID made with the stream. Sequences count within it, so a
/// writer that meets another identity stops, rather than take old numbers for new ones.
pub const STREAM_EPOCH_KEY: &str = "naru.epoch";

/// Console asks ingest to send one labelled, unbilled trace: [`TestTrace`] → [`TestTraceSent`].
pub const TEST_TRACE: &str = "ingest.v1.test-trace";

/// Every resource attribute set of a test trace holds this key, so that readers can label it.
pub const TEST_TRACE_ATTRIBUTE: &str = "naru.test_trace";

/// `ING_07`: limits retention, `discard: new`, file store, every message fsynced before its ack.
#[must_use]
pub fn stream_name(partition: u16) -> String {
    format!("ING_{partition:02}")
}

/// `ing.07`: the one subject of a partition stream.
#[must_use]
pub fn subject(partition: u16) -> String {
    format!("ing.{partition:02}")
}

/// The partition a tenant's telemetry always goes to, so that resent bytes meet the writer that has seen them.
///
/// Depends on nothing but the tenant: not on the gateway, the request or the time.
#[must_use]
pub fn partition_of(tenant: TenantId, partitions: u16) -> u16 {
    let hash = xxhash_rust::xxh3::xxh3_64(tenant.uuid().as_bytes());
    u16::try_from(hash % u64::from(partitions.max(1))).unwrap_or(0)
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestTrace {
    pub tenant: TenantId,
    pub project: ProjectId,
}

/// `trace_id` is 32 lower-case hex letters; the trace is durable on the bus when this is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestTraceSent {
    pub trace_id: String,
}

#[cfg(test)]
mod tests {
    use naru_ids::UnixMs;

    use super::*;

    #[test]
    fn a_tenant_always_meets_the_same_partition() {
        let tenant = TenantId::from_hex("0190a0a0a0a07000800000000000000f").unwrap();
        assert_eq!(partition_of(tenant, 8), partition_of(tenant, 8));
        assert!((0..500).all(|n| partition_of(TenantId::new(UnixMs(n)), 8) < 8));
    }

    #[test]
    fn streams_and_subjects_sort_by_partition() {
        assert_eq!((stream_name(3), subject(3)), ("ING_03".to_owned(), "ing.03".to_owned()));
    }
}
