//! Sends events to their stream, in the order they happened.

use naru_ids::{ProjectId, TenantId};
use naru_ingest_api::{OnboardingEvent, onboarding_subject};
use naru_nats::Bus;
use naru_telemetry::chain;
use tokio::sync::mpsc;
use tracing::{debug, error};

pub(super) async fn publish(bus: Bus, mut events: mpsc::Receiver<(TenantId, ProjectId, OnboardingEvent)>) {
    while let Some((tenant, project, event)) = events.recv().await {
        let payload = match serde_json::to_vec(&event) {
            Ok(payload) => payload,
            Err(error) => {
                error!(%error, "an onboarding event could not be written as JSON");
                continue;
            }
        };
        // Waiting for the ack keeps the order; the queue takes what comes meanwhile.
        let subject = onboarding_subject(tenant, project);
        let sent = async { bus.jetstream.publish(subject, payload.into()).await?.await };
        if let Err(error) = sent.await {
            metrics::counter!("ingest_onboarding_dropped_total").increment(1);
            debug!(error = %chain(&error), project.id = %project, "an onboarding event of {project} was not kept");
        }
    }
}
