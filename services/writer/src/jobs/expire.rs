//! Catalog rows whose time is over. Every writer runs this; doing it twice does nothing.

use naru_lake::{Error, catalog::expire};
use naru_postgres::Pool;
use tracing::info;

pub(super) async fn entries(pool: &Pool) -> Result<(), Error> {
    while expire::entries(pool).await? > 0 {}
    Ok(())
}

/// The rows go now; their objects once nothing else points to them.
pub(super) async fn past_retention(pool: &Pool, retention_days: u32) -> Result<(), Error> {
    let mut dropped = 0;
    loop {
        let count = expire::segments(pool, retention_days).await?;
        if count == 0 {
            break;
        }
        dropped += count;
    }
    expire::quarantined(pool, retention_days).await?;
    if dropped > 0 {
        info!(segments = dropped, "{dropped} segments older than {retention_days} days are dropped");
    }
    Ok(())
}
