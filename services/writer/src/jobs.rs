//! What runs by the clock: old entry ids, the bus behind us, calls that wait in silence, retention, garbage, keys under old keys.

mod expire;
mod orphans;
mod purge;
mod silence;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use naru_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::app::App;

const ENTRIES_EVERY: Duration = Duration::from_secs(60);
const PURGE_EVERY: Duration = Duration::from_secs(60);
const RETENTION_EVERY: Duration = Duration::from_secs(3_600);
const ROTATION_EVERY: Duration = Duration::from_secs(60);
const SILENCE_EVERY: Duration = Duration::from_secs(15);

/// Runs all jobs until `stop`. A job that fails is tried again at its next turn.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) {
    tokio::select! {
        () = forget_entries(&app) => {}
        () = purge(&app) => {}
        () = retain(&app) => {}
        () = rotate_keys(&app) => {}
        () = let_calls_go(&app) => {}
        () = stop.cancelled() => {}
    }
}

async fn forget_entries(app: &App) {
    loop {
        tokio::time::sleep(ENTRIES_EVERY).await;
        if let Err(error) = expire::entries(&app.pool).await {
            warn!(error = %chain(&error), "old entry ids stay a little longer");
        }
    }
}

async fn purge(app: &App) {
    let mut marks = purge::Marks::default();
    loop {
        tokio::time::sleep(PURGE_EVERY).await;
        for tail in app.tails.iter() {
            let Some(state) = tail.state() else { continue };
            if let Err(error) = purge::behind(&app.bus.jetstream, &mut marks, &state).await {
                let partition = state.partition;
                warn!(partition, error = %format!("{error:#}"), "the bus behind partition {partition} stays");
            }
        }
    }
}

async fn let_calls_go(app: &App) {
    let mut silence = silence::Silence::default();
    loop {
        tokio::time::sleep(SILENCE_EVERY).await;
        silence::let_go(&mut silence, app.tails.iter().map(AsRef::as_ref), &app.waiting, Instant::now());
    }
}

/// The key file is read at the start, so that what it asks for is done once.
async fn rotate_keys(app: &App) {
    loop {
        match app.cutter.keys.rotate().await {
            Ok(0) => break,
            Ok(count) => info!(count, "{count} tenants' keys are under the newest key now"),
            Err(error) => {
                warn!(error = %chain(&error), "tenants' keys stay under an old key a little longer")
            }
        }
        tokio::time::sleep(ROTATION_EVERY).await;
    }
    std::future::pending().await
}

async fn retain(app: &App) {
    loop {
        // First: who finds rows gone may count on their names' room.
        match expire::spans_kept_from(&app.pool, app.retention_days).await {
            Ok(kept) => app.kept.tell(kept),
            Err(error) => warn!(error = %chain(&error), "old names of rollups stay a little longer"),
        }
        if let Err(error) = expire::past_retention(&app.pool, app.retention_days).await {
            warn!(error = %chain(&error), "segments past retention stay a little longer");
        }
        if let Err(error) = orphans::collect(&app.pool, &app.cutter.store, app.clock.now()).await {
            warn!(error = %chain(&error), "objects nobody points to stay a little longer");
        }
        tokio::time::sleep(RETENTION_EVERY).await;
    }
}
