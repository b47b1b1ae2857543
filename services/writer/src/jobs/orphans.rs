//! Objects that no catalog row points to: tries that failed, and bundles whose last row is past retention.

use naru_ids::UnixMs;
use naru_lake::{Error, catalog::expire, path::COLLECTED_PREFIXES, store::Store};
use naru_postgres::Pool;
use object_store::ObjectMeta;
use tracing::info;

/// A cut writes its objects before its rows: younger ones may still get theirs, however long Postgres is away.
const AGE_MIN_MS: i64 = 24 * 3_600_000;
const CHUNK_OBJECTS: usize = 1_000;

pub(super) async fn collect(pool: &Pool, store: &Store, now: UnixMs) -> Result<(), Error> {
    let mut deleted = 0_u64;
    for prefix in COLLECTED_PREFIXES {
        let objects = store.list(prefix).await?;
        let old: Vec<&ObjectMeta> = objects.iter().filter(|object| is_old(object, now)).collect();
        for chunk in old.chunks(CHUNK_OBJECTS) {
            let paths: Vec<String> = chunk.iter().map(|object| object.location.to_string()).collect();
            let referenced = expire::referenced(pool, &paths).await?;
            for object in chunk.iter().filter(|object| !referenced.contains(object.location.as_ref())) {
                store.delete(&object.location).await?;
                deleted += 1;
            }
        }
    }
    if deleted > 0 {
        metrics::counter!("writer_objects_collected_total").increment(deleted);
        info!(objects = deleted, "{deleted} objects that nobody points to are deleted");
    }
    Ok(())
}

fn is_old(object: &ObjectMeta, now: UnixMs) -> bool {
    i64::try_from(now.0).unwrap_or(i64::MAX) - object.last_modified.timestamp_millis() >= AGE_MIN_MS
}
