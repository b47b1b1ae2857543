//! Forgets ids of applied records that the bus can no longer repeat.

use std::{sync::Arc, time::Duration};

use naru_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{app::App, store::apply};

const EVERY: Duration = Duration::from_secs(3_600);

pub(crate) async fn forget(app: Arc<App>, stop: CancellationToken) {
    let mut hours = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hours.tick() => match apply::forget_old(&app.pool).await {
                Ok(0) => {}
                Ok(count) => info!("forgot {count} applied usage records"),
                Err(error) => warn!(error = %chain(&error), "old usage records were not forgotten, will retry"),
            }
        }
    }
}
