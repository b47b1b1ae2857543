//! Asking about the keys in use, before anybody has to wait for it.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{ClaimsCache, FRESH};

/// As many as license answers at a time.
const BATCH_MAX: usize = 1_000;

pub(crate) async fn keep_fresh(claims: Arc<ClaimsCache>, stop: CancellationToken) {
    let mut rounds = tokio::time::interval(FRESH);
    let mut was_away = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        let is_away = refresh(&claims).await.is_err();
        if is_away && !was_away {
            warn!("license is away: known keys go on for up to an hour, unknown ones are answered 503");
        } else if was_away && !is_away {
            info!("license is back");
        }
        was_away = is_away;
    }
}

async fn refresh(claims: &ClaimsCache) -> Result<(), ()> {
    let in_use = claims.with(|known| known.in_use(claims.clock.now().0));
    for batch in in_use.chunks(BATCH_MAX) {
        let verdicts = claims.license.resolve(batch).await?;
        let now_ms = claims.clock.now().0;
        claims.with(|known| {
            for (digest, verdict) in batch.iter().zip(verdicts) {
                known.learn(*digest, verdict, now_ms);
            }
        });
    }
    Ok(())
}
