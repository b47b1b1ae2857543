//! Key events: a revoked key is refused within milliseconds, an issued one is known before its first use.

use std::sync::Arc;

use futures::StreamExt;
use naru_license_api::{KEY_EVENTS, KeyEvent};
use naru_nats::Bus;
use tracing::warn;

use crate::admit::claims::ClaimsCache;

/// Listens until the connection is drained. What is missed is learnt within 30 s by asking.
pub(crate) async fn listen(bus: &Bus, claims: Arc<ClaimsCache>) -> Result<(), naru_nats::Error> {
    let subscribe = |source| naru_nats::Error::Subscribe { subject: KEY_EVENTS.to_owned(), source };
    let mut events = bus.client.subscribe(KEY_EVENTS).await.map_err(subscribe)?;
    tokio::spawn(async move {
        while let Some(message) = events.next().await {
            match serde_json::from_slice::<KeyEvent>(&message.payload) {
                Ok(event) => claims.hear(event),
                Err(error) => {
                    warn!(%error, "a key event could not be read; its key is asked about within 30 s")
                }
            }
        }
    });
    Ok(())
}
