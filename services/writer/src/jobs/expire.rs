//! Catalog rows whose time is over. Every writer runs this; doing it twice does nothing.

use naru_lake::{
    Error,
    catalog::{
        expire,
        retention::{self, Defaults, KeptFrom},
    },
};
use naru_postgres::Pool;
use naru_signal::Table;
use tracing::info;

pub(super) async fn entries(pool: &Pool) -> Result<(), Error> {
    while expire::entries(pool).await? > 0 {}
    Ok(())
}

/// From when on spans are kept.
pub(super) async fn spans_kept_from(pool: &Pool, retention_days: u32) -> Result<KeptFrom, Error> {
    retention::kept_from(pool, Table::Spans, Defaults { telemetry_days: retention_days }).await
}

/// The rows go now; their objects once nothing else points to them.
pub(super) async fn past_retention(pool: &Pool, retention_days: u32) -> Result<(), Error> {
    let (mut dropped, defaults) = (0, Defaults { telemetry_days: retention_days });
    loop {
        let count = expire::segments(pool, defaults).await?;
        if count == 0 {
            break;
        }
        dropped += count;
    }
    expire::quarantined(pool, retention_days).await?;
    if dropped > 0 {
        info!(segments = dropped, "{dropped} segments past their retention are dropped");
    }
    Ok(())
}
