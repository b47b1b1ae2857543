//! Word to a project whose entries were put aside: after the commit that keeps them.

use naru_ingest_api::{OnboardingEvent, OnboardingKind, onboarding_subject};
use naru_lake::catalog::commit::QuarantineRow;
use naru_nats::Bus;
use naru_telemetry::chain;
use tracing::warn;

/// Told, not counted: the rows are in the catalog, whether anybody hears of it or not.
pub(crate) async fn tell(bus: &Bus, rows: &[QuarantineRow], at_ms: u64) {
    // What is no pack is nobody's.
    for row in rows.iter().filter(|row| !row.tenant.uuid().is_nil()) {
        let kind = OnboardingKind::PutAside {
            signal: row.signal.as_str().to_owned(),
            bytes: row.bytes,
            reason: row.reason.clone(),
        };
        let event = serde_json::to_vec(&OnboardingEvent { v: 1, at_ms, kind }).unwrap_or_default();
        let subject = onboarding_subject(row.tenant, row.project);
        if let Err(error) = bus.client.publish(subject, event.into()).await {
            warn!(project.id = %row.project, error = %chain(&error), "nobody was told of an entry that was put aside");
        }
    }
}
