//! `license.v1.keys.used`: gateways say which keys they have seen. Losing one report loses a minute of "last used".

use std::{collections::BTreeMap, sync::Arc};

use futures::StreamExt;
use naru_ids::{KeyId, TenantId};
use naru_license_api::{KEYS_USED, KeysUsed};
use naru_telemetry::chain;
use tracing::warn;

use super::QUEUE;
use crate::{app::App, store::key};

pub(super) async fn listen(app: Arc<App>) -> Result<(), naru_nats::Error> {
    let subscribe = |source| naru_nats::Error::Subscribe { subject: KEYS_USED.to_owned(), source };
    let mut reports = app.bus.client.queue_subscribe(KEYS_USED, QUEUE.to_owned()).await.map_err(subscribe)?;
    tokio::spawn(async move {
        while let Some(message) = reports.next().await {
            match serde_json::from_slice(&message.payload) {
                Ok(report) => note(&app, report).await,
                Err(error) => warn!(%error, "a report of used keys could not be read"),
            }
        }
    });
    Ok(())
}

async fn note(app: &App, report: KeysUsed) {
    let mut by_tenant: BTreeMap<TenantId, Vec<(KeyId, u64)>> = BTreeMap::new();
    let now_ms = app.clock.now().0;
    for (tenant, key, at_ms) in report.used {
        // A gateway whose clock is ahead must not pin "last used" to the future.
        by_tenant.entry(tenant).or_default().push((key, at_ms.min(now_ms)));
    }
    for (tenant, used) in by_tenant {
        if let Err(error) = key::mark_used(&app.pool, tenant, &used).await {
            warn!(error = %chain(&error), tenant.id = %tenant, "\"last used\" of {tenant}'s keys was not noted");
        }
    }
}
