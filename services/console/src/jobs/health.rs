//! Tells the frame whether Postgres and NATS are there. Redis may be away: limits then count here alone.

use std::time::Duration;

use naru_nats::Bus;
use naru_runtime::Health;

use crate::app::App;

const EVERY: Duration = Duration::from_secs(2);

/// Runs until the app stops.
pub async fn run(app: App, bus: Bus, health: Health) {
    loop {
        health.set("postgres", app.pool.ping().await.is_ok());
        health.set("nats", bus.is_connected());
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
