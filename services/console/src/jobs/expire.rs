//! Deletes sessions, codes and links that ended a while ago.

use std::time::Duration;

use naru_ids::UnixMs;

use crate::{
    app::App,
    error::Error,
    store::{email_verification, hand_over, session},
};

const EVERY: Duration = Duration::from_secs(600);
/// Ended rows are kept a day for whoever looks into an incident.
const KEPT_MS: u64 = 86_400_000;
/// Rows of each table per round and transaction, so that no lock is long.
const ROWS_MAX: i64 = 5_000;

/// Runs until the app stops.
pub async fn run(app: App) {
    loop {
        match round(&app).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "deleted {rows} ended sessions, codes and links"),
            Err(error) => {
                tracing::warn!(error = %naru_telemetry::chain(&error), "deleting ended sessions failed, will retry")
            }
        }
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// One round; answers how many rows went.
pub async fn round(app: &App) -> Result<u64, Error> {
    let before = UnixMs(app.now().0.saturating_sub(KEPT_MS));
    let mut tx = app.pool.begin().await?;
    let rows = hand_over::delete_ended(&mut tx, before, ROWS_MAX).await?
        + email_verification::delete_ended(&mut tx, before, ROWS_MAX).await?
        + session::delete_ended(&mut tx, before, ROWS_MAX).await?;
    tx.commit().await?;
    Ok(rows)
}
