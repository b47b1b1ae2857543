//! Tells the frame whether Postgres is there. Without Redis, limits count here alone; without NATS, people still log in
//! and see their projects, so neither makes console unready.

use std::time::Duration;

use naru_runtime::Health;

use crate::app::App;

const EVERY: Duration = Duration::from_secs(2);

/// Runs until the app stops.
pub async fn run(app: App, health: Health) {
    loop {
        health.set("postgres", app.pool.ping().await.is_ok());
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
