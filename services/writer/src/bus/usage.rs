//! Usage from the outbox to the bus. A row leaves the outbox only after the bus has it; a row that travels twice keeps
//! its id, and metering applies each id once.

use std::{sync::Arc, time::Duration};

use async_nats::{
    HeaderMap,
    jetstream::{
        Context,
        stream::{Config, DiscardPolicy, RetentionPolicy, StorageType},
    },
};
use naru_lake::catalog::{commit::UsageRow, outbox};
use naru_nats::Bus;
use naru_postgres::Pool;
use naru_telemetry::chain;
use naru_writer_api::{USAGE_STREAM, USAGE_SUBJECTS, UsageRecord, usage_subject};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::warn;

const BATCH_ROWS: u16 = 500;
/// Rows left by a writer that died are found within this time even when nothing is committed.
const LOOK_EVERY: Duration = Duration::from_secs(15);
const RETRY: Duration = Duration::from_secs(2);
const STREAM_AGE_MAX: Duration = Duration::from_secs(30 * 86_400);
/// About 400 bytes a row: some 2.5 million rows wait for a metering that is away.
const STREAM_BYTES_MAX: i64 = 1 << 30;

/// Publishes what waits, whenever a commit rings, until `stop`.
pub(crate) async fn publish(pool: Pool, bus: Bus, committed: Arc<Notify>, stop: CancellationToken) {
    let mut is_stream_there = false;
    loop {
        match drain(&pool, &bus, &mut is_stream_there).await {
            Ok(()) => {
                tokio::select! {
                    () = committed.notified() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    () = stop.cancelled() => return,
                }
            }
            Err(error) => {
                warn!(error = %format!("{error:#}"), "usage waits in the outbox, trying again");
                tokio::select! {
                    () = tokio::time::sleep(RETRY) => {}
                    () = stop.cancelled() => return,
                }
            }
        }
    }
}

async fn drain(pool: &Pool, bus: &Bus, is_stream_there: &mut bool) -> anyhow::Result<()> {
    loop {
        let rows = outbox::pending(pool, BATCH_ROWS).await?;
        if rows.is_empty() {
            return Ok(());
        }
        if !*is_stream_there {
            bus.jetstream.get_or_create_stream(stream_config()).await?;
            *is_stream_there = true;
        }
        let sent = send_all(&bus.jetstream, &rows).await;
        if sent.is_err() {
            // The stream may be gone with the bus's data; look again next time.
            *is_stream_there = false;
        }
        sent?;
        outbox::published(pool, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
        metrics::counter!("writer_usage_published_total").increment(rows.len() as u64);
    }
}

/// Sends all, then waits for all acknowledgements: one fsync each, but not one after the other.
async fn send_all(jetstream: &Context, rows: &[UsageRow]) -> anyhow::Result<()> {
    let mut acks = Vec::with_capacity(rows.len());
    for row in rows {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", row.id.hex());
        let payload = serde_json::to_vec(&record(row))?;
        let subject = usage_subject(row.tenant, row.project);
        acks.push(jetstream.publish_with_headers(subject, headers, payload.into()).await?);
    }
    for ack in acks {
        ack.await?;
    }
    Ok(())
}

fn record(row: &UsageRow) -> UsageRecord {
    UsageRecord {
        v: 1,
        id: row.id,
        tenant: row.tenant,
        project: row.project,
        signal: row.signal,
        hour_ms: row.hour_ms,
        items: row.items,
        bytes: row.bytes,
    }
}

/// Makes the stream early, so that metering finds it; trouble is left to the first publish.
pub(crate) async fn ensure_stream(bus: &Bus) {
    if let Err(error) = bus.jetstream.get_or_create_stream(stream_config()).await {
        warn!(error = %chain(&error), "the usage stream is not there yet");
    }
}

fn stream_config() -> Config {
    Config {
        name: USAGE_STREAM.to_owned(),
        subjects: vec![USAGE_SUBJECTS.to_owned()],
        retention: RetentionPolicy::Limits,
        // Old usage is never dropped for new: a full stream holds the outbox back instead.
        discard: DiscardPolicy::New,
        storage: StorageType::File,
        max_age: STREAM_AGE_MAX,
        max_bytes: STREAM_BYTES_MAX,
        num_replicas: 1,
        ..Config::default()
    }
}
