//! Live transactions: writers push them while somebody watches; everybody who watches a project shares one subscription.
//!
//! Lossy on purpose: who reads too slowly misses points. Lists and heatmaps stay exact.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_nats::Subscriber;
use futures::StreamExt;
use naru_nats::{Bus, Error};
use naru_telemetry::chain;
use naru_writer_api::{LiveBatch, LiveWatch, live_subject, live_watch_subject};
use tokio::sync::broadcast;
use tracing::warn;

use crate::plan::TenantScope;

/// Writers forget a watch after 15 s: two heartbeats may get lost.
const WATCH_EVERY: Duration = Duration::from_secs(5);
/// Batches a slow reader may be behind; writers push at most ten a second.
const BATCHES_BEHIND_MAX: usize = 64;

/// Points of one project, as they come.
pub(crate) type Points = broadcast::Receiver<Arc<LiveBatch>>;

/// All projects that somebody watches in this process.
#[derive(Debug, Clone)]
pub(crate) struct Hub {
    bus: Bus,
    /// By tenant and project. An entry is there exactly as long as its task runs.
    watched: Arc<Mutex<HashMap<TenantScope, broadcast::Sender<Arc<LiveBatch>>>>>,
}

impl Hub {
    #[must_use]
    pub(crate) fn new(bus: Bus) -> Self {
        Self { bus, watched: Arc::default() }
    }

    /// Watches a project from now on, until the receiver is dropped.
    pub(crate) async fn watch(&self, scope: TenantScope) -> Result<Points, Error> {
        if let Some(points) = self.join(scope) {
            return Ok(points);
        }
        let subject = live_subject(scope.tenant(), scope.project());
        let subscribed = self.bus.client.subscribe(subject.clone()).await;
        let pushed = subscribed.map_err(|source| Error::Subscribe { subject, source })?;
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = watched.get(&scope) {
            // Somebody else was quicker; our subscription ends by being dropped.
            return Ok(sender.subscribe());
        }
        let (sender, points) = broadcast::channel(BATCHES_BEHIND_MAX);
        watched.insert(scope, sender.clone());
        tokio::spawn(self.clone().pass_on(scope, pushed, sender));
        Ok(points)
    }

    fn join(&self, scope: TenantScope) -> Option<Points> {
        self.watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&scope)
            .map(broadcast::Sender::subscribe)
    }

    /// True when nobody was left; then the entry is gone.
    fn leave(&self, scope: TenantScope, sender: &broadcast::Sender<Arc<LiveBatch>>) -> bool {
        // Joining needs the same lock, so nobody joins between the count and the removal.
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let is_left = sender.receiver_count() == 0;
        if is_left {
            watched.remove(&scope);
        }
        is_left
    }

    async fn pass_on(
        self,
        scope: TenantScope,
        mut pushed: Subscriber,
        sender: broadcast::Sender<Arc<LiveBatch>>,
    ) {
        metrics::gauge!("query_live_projects").increment(1.0);
        let watch = LiveWatch { v: 1, tenant: scope.tenant(), project: scope.project() };
        let mut heartbeat = tokio::time::interval(WATCH_EVERY);
        loop {
            tokio::select! {
                _ = heartbeat.tick() => {
                    if self.leave(scope, &sender) {
                        break;
                    }
                    let subject = live_watch_subject(scope.tenant(), scope.project());
                    if let Err(error) = self.bus.publish(subject, &watch).await {
                        warn!(error = %chain(&error), "a live watch was not announced");
                    }
                }
                message = pushed.next() => {
                    let Some(message) = message else {
                        // The connection is gone for good: the process is stopping.
                        self.watched.lock().unwrap_or_else(PoisonError::into_inner).remove(&scope);
                        break;
                    };
                    match serde_json::from_slice::<LiveBatch>(&message.payload) {
                        // Nobody listening any more is found out at the next heartbeat.
                        Ok(batch) => drop(sender.send(Arc::new(batch))),
                        Err(error) => warn!(%error, "a live batch could not be read"),
                    }
                }
            }
        }
        metrics::gauge!("query_live_projects").decrement(1.0);
    }
}
