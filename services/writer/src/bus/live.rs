//! Live points: entry spans of watched projects, pushed as they become queryable. Lossy on purpose.

mod points;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use arrow::array::RecordBatch;
use async_nats::Client;
use futures::StreamExt;
use naru_ids::{ProjectId, TenantId, UnixMs};
use naru_nats::Bus;
use naru_signal::Signal;
use naru_telemetry::chain;
use naru_writer_api::{LIVE_WATCH_SUBJECTS, LIVE_WATCH_TTL_MS, LiveBatch, LivePoint, live_subject};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::tail::TableKey;

/// Points of one project in one message: about 1 MiB of JSON.
const POINTS_MAX: usize = 5_000;
/// Points wait this long for company.
const PUSH_AFTER: Duration = Duration::from_millis(100);
/// Watches remembered at a time; a flood of heartbeats must not fill memory.
const WATCHES_MAX: usize = 10_000;

type Project = (TenantId, ProjectId);

/// Who watches, and what waits to be pushed to them.
#[derive(Debug, Default)]
pub(crate) struct Live {
    state: Mutex<State>,
    waiting: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Until when.
    watched: HashMap<Project, Instant>,
    waiting: HashMap<Project, LiveBatch>,
}

impl Live {
    pub(crate) fn is_watched(&self, tenant: TenantId, project: ProjectId) -> bool {
        self.with(|state| state.watched.get(&(tenant, project)).is_some_and(|until| *until > Instant::now()))
    }

    /// Somebody watches from now on, for [`LIVE_WATCH_TTL_MS`].
    pub(crate) fn watch(&self, tenant: TenantId, project: ProjectId) {
        self.with(|state| {
            let now = Instant::now();
            if state.watched.len() >= WATCHES_MAX {
                state.watched.retain(|_, until| *until > now);
            }
            if state.watched.len() < WATCHES_MAX || state.watched.contains_key(&(tenant, project)) {
                state.watched.insert((tenant, project), now + Duration::from_millis(LIVE_WATCH_TTL_MS));
            }
        });
    }

    /// Points for the next message; those beyond its cap are only counted.
    pub(crate) fn push(&self, tenant: TenantId, project: ProjectId, points: Vec<LivePoint>) {
        if points.is_empty() {
            return;
        }
        self.with(|state| {
            let batch = state.waiting.entry((tenant, project)).or_insert_with(|| LiveBatch {
                v: 1,
                points: Vec::new(),
                omitted: 0,
            });
            let room = POINTS_MAX - batch.points.len();
            batch.omitted += points.len().saturating_sub(room) as u64;
            batch.points.extend(points.into_iter().take(room));
        });
        self.waiting.notify_one();
    }

    /// Entry spans of watched projects among these rows. Rows received long ago are replayed, not new: nobody waits
    /// for them.
    pub(crate) fn points_of(
        &self,
        rows: &[(TableKey, RecordBatch)],
        now: UnixMs,
    ) -> Vec<(Project, Vec<LivePoint>)> {
        rows.iter()
            .filter(|(key, _)| key.signal == Signal::Traces && self.is_watched(key.tenant, key.project))
            .map(|(key, rows)| ((key.tenant, key.project), points::of(rows, now)))
            .collect()
    }

    fn take(&self) -> HashMap<Project, LiveBatch> {
        self.with(|state| std::mem::take(&mut state.waiting))
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Hears heartbeats of watchers until `stop`.
pub(crate) async fn listen(live: Arc<Live>, client: Client, stop: CancellationToken) {
    let mut heartbeats = loop {
        match client.subscribe(LIVE_WATCH_SUBJECTS).await {
            Ok(heartbeats) => break heartbeats,
            Err(error) => {
                warn!(error = %chain(&error), "not yet listening to live watches, trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    };
    loop {
        let message = tokio::select! {
            message = heartbeats.next() => message,
            () = stop.cancelled() => return,
        };
        let Some(message) = message else { return };
        // The subject says it all, so that no body needs parsing: `live-watch.<tenant>.<project>`.
        let mut tokens = message.subject.split('.').skip(1);
        let tenant = tokens.next().and_then(TenantId::from_hex);
        let project = tokens.next().and_then(ProjectId::from_hex);
        if let (Some(tenant), Some(project)) = (tenant, project) {
            live.watch(tenant, project);
        }
    }
}

/// Pushes what waits, at most every 100 ms, until `stop`.
pub(crate) async fn push(live: Arc<Live>, bus: Bus, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = live.waiting.notified() => {}
            () = stop.cancelled() => return,
        }
        tokio::time::sleep(PUSH_AFTER).await;
        for ((tenant, project), batch) in live.take() {
            let points = batch.points.len() as u64;
            match bus.publish(live_subject(tenant, project), &batch).await {
                Ok(()) => metrics::counter!("writer_live_points_total").increment(points),
                Err(error) => warn!(error = %chain(&error), "live points were not pushed"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(count: usize) -> Vec<LivePoint> {
        let point = LivePoint {
            start_ms: 1.0,
            duration_ms: 2.0,
            error: false,
            application: "shop".to_owned(),
            instance: String::new(),
            operation: "GET /".to_owned(),
            trace_id: "0".repeat(32),
            span_id: "0".repeat(16),
        };
        vec![point; count]
    }

    #[test]
    fn only_watched_projects_are_watched() {
        let (tenant, project) = (TenantId::new(UnixMs(1)), ProjectId::new(UnixMs(1)));
        let live = Live::default();
        live.watch(tenant, project);
        assert!(live.is_watched(tenant, project));
        assert!(!live.is_watched(TenantId::new(UnixMs(2)), project));
    }

    #[test]
    fn a_full_batch_counts_what_it_leaves_out() {
        let (tenant, project) = (TenantId::new(UnixMs(1)), ProjectId::new(UnixMs(1)));
        let live = Live::default();
        live.push(tenant, project, points(POINTS_MAX - 1));
        live.push(tenant, project, points(3));
        let batch = &live.take()[&(tenant, project)];
        assert_eq!((batch.points.len(), batch.omitted), (POINTS_MAX, 2));
    }
}
