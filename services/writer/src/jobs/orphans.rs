//! Objects that no catalog row points to: tries that failed, and bundles whose last row is past retention.

use std::time::Duration;

use naru_ids::UnixMs;
use naru_lake::{Error, catalog::garbage, path::COLLECTED_PREFIXES, store::Store};
use naru_postgres::Pool;
use naru_telemetry::chain;
use object_store::{ObjectMeta, path::Path};
use tracing::{info, warn};

/// A cut writes its objects before its rows; younger ones are not even looked at.
const AGE_MIN: Duration = Duration::from_secs(24 * 3_600);
const CHUNK_OBJECTS: usize = 1_000;

/// Finds what has no row, deletes what had none for a day, and sweeps what killed processes left half-written.
pub(super) async fn collect(pool: &Pool, store: &Store, now: UnixMs) -> Result<(), Error> {
    let oldest_ms = now.0.saturating_sub(u64::try_from(AGE_MIN.as_millis()).unwrap_or(u64::MAX));
    for prefix in COLLECTED_PREFIXES {
        let objects = store.list(prefix).await?;
        let old: Vec<&ObjectMeta> = objects.iter().filter(|object| is_before(object, oldest_ms)).collect();
        for chunk in old.chunks(CHUNK_OBJECTS) {
            let paths: Vec<String> = chunk.iter().map(|object| object.location.to_string()).collect();
            garbage::find(pool, &paths).await?;
        }
        // A server may not let us ask for unfinished uploads, or not know the question: the rest is collected all the same.
        if let Err(error) = store.sweep_staged(prefix, UnixMs(oldest_ms)).await {
            warn!(error = %chain(&error), "what was left half-written under {prefix} stays");
        }
    }
    delete_condemned(pool, store, garbage::GRACE_S).await
}

async fn delete_condemned(pool: &Pool, store: &Store, grace_s: u32) -> Result<(), Error> {
    loop {
        let condemned = garbage::condemn(pool, grace_s).await?;
        if condemned.is_empty() {
            return Ok(());
        }
        for path in &condemned {
            store.delete(&Path::from(path.as_str())).await?;
        }
        garbage::forget(pool, &condemned).await?;
        let deleted = condemned.len();
        metrics::counter!("writer_objects_collected_total").increment(deleted as u64);
        info!(objects = deleted, "{deleted} objects that nobody points to are deleted");
    }
}

fn is_before(object: &ObjectMeta, ms: u64) -> bool {
    object.last_modified.timestamp_millis() < i64::try_from(ms).unwrap_or(i64::MAX)
}
