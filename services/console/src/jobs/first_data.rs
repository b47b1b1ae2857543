//! Notes when a project's first span came, as gateways tell it in the onboarding stream.

use std::time::Duration;

use futures::StreamExt;
use naru_ids::{ProjectId, TenantId, UnixMs};
use naru_ingest_api::{OnboardingEvent, OnboardingKind};

use crate::{app::App, error::Error, store::project};

/// The name of the durable reader that all console processes share.
const READER: &str = "console-first-data";
const RETRY: Duration = Duration::from_secs(2);

/// Runs until the app stops.
pub async fn run(app: App) {
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            ended = read(&app) => {
                if let Err(error) = ended {
                    tracing::warn!(error = %naru_telemetry::chain(&error), "reading first spans failed, will retry");
                }
            }
        }
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn read(app: &App) -> Result<(), Error> {
    let mut messages = app.onboarding.all(READER).await?;
    while let Some(message) = messages.next().await {
        let message = message.map_err(|error| Error::Onboarding(naru_telemetry::chain(&error)))?;
        if let Some((tenant, project, at)) = first_span(&message.subject, &message.payload) {
            note(app, tenant, project, at).await?;
        }
        // Without the acknowledgement it comes again, and noting it again changes nothing.
        message.ack().await.map_err(|error| Error::Onboarding(error.to_string()))?;
    }
    Ok(())
}

async fn note(app: &App, tenant: TenantId, project: ProjectId, at: UnixMs) -> Result<(), Error> {
    let mut tx = app.pool.begin_tenant(tenant).await?;
    project::set_first_data(&mut tx, project, at).await?;
    tx.commit().await?;
    Ok(())
}

/// `onboarding.<tenanthex>.<projecthex>` with a first span; a test trace is no data of the tenant.
fn first_span(subject: &str, payload: &[u8]) -> Option<(TenantId, ProjectId, UnixMs)> {
    let mut tokens = subject.split('.').skip(1);
    let (tenant, project) = (TenantId::from_hex(tokens.next()?)?, ProjectId::from_hex(tokens.next()?)?);
    let event: OnboardingEvent = serde_json::from_slice(payload).ok()?;
    matches!(event.kind, OnboardingKind::FirstSpan { .. }).then_some((tenant, project, UnixMs(event.at_ms)))
}

#[cfg(test)]
mod tests {
    use naru_ingest_api::onboarding_subject;

    use super::*;

    #[test]
    fn only_first_spans_of_known_form_are_noted() {
        let (tenant, project) = (TenantId::new(UnixMs(1)), ProjectId::new(UnixMs(2)));
        let subject = onboarding_subject(tenant, project);
        let event = |kind| serde_json::to_vec(&OnboardingEvent { v: 1, at_ms: 7, kind }).unwrap();
        let first = event(OnboardingKind::FirstSpan {
            application: "shop".into(),
            trace_id: "00".into(),
            operation: "GET /".into(),
        });
        let other = event(OnboardingKind::TestTrace { trace_id: "00".into() });
        assert_eq!(first_span(&subject, &first), Some((tenant, project, UnixMs(7))));
        assert_eq!(first_span(&subject, &other), None);
        assert_eq!(first_span("onboarding.x.y", &first), None);
        assert_eq!(first_span(&subject, b"nonsense"), None);
    }
}
