//! Usage records: read from the stream, applied in one transaction, acknowledged afterwards.
//!
//! A record that comes again (a lost ack, a killed metering, a writer that published twice) is found in the applied
//! ids and changes nothing. One that cannot be read stops nobody: it is logged, and left out.

use std::{sync::Arc, time::Duration};

use async_nats::jetstream::{
    AckKind, Message,
    consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull},
};
use futures::StreamExt;
use naru_telemetry::chain;
use naru_writer_api::{USAGE_STREAM, USAGE_SUBJECTS, UsageRecord};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::{app::App, store::apply};

const CONSUMER: &str = "metering";
const BATCH_MAX: usize = 500;
/// One question to an idle stream lasts this long.
const IDLE_WAIT: Duration = Duration::from_secs(30);
/// The first record waits this long for company: usage on the screen is at most this much behind the commit.
const BATCH_WAIT: Duration = Duration::from_millis(300);
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Unacknowledged records come again after this.
const ACK_WAIT: Duration = Duration::from_secs(30);

/// Counts until `stop`. Whatever is away, it tries again: the stream keeps what is not acknowledged.
pub(crate) async fn count(app: Arc<App>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = count_while_it_goes_well(&app, &stop).await {
            warn!(error = %format!("{error:#}"), "counting usage was interrupted, trying again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(RETRY_AFTER) => {}
        }
    }
}

async fn count_while_it_goes_well(app: &App, stop: &CancellationToken) -> anyhow::Result<()> {
    let consumer = consumer(app).await?;
    while !stop.is_cancelled() {
        // One record first: asking for many at once would either hold the first back or ask an idle server all day.
        let first = consumer.batch().max_messages(1).expires(IDLE_WAIT).messages().await?;
        let mut batch = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            first = all_of(first) => first?,
        };
        if batch.is_empty() {
            continue;
        }
        tokio::time::sleep(BATCH_WAIT).await;
        batch.extend(all_of(consumer.fetch().max_messages(BATCH_MAX).messages().await?).await?);
        apply_batch(app, batch).await?;
    }
    Ok(())
}

async fn all_of(mut arriving: pull::Batch) -> anyhow::Result<Vec<Message>> {
    let mut all = Vec::new();
    while let Some(message) = arriving.next().await {
        all.push(message.map_err(|error| anyhow::anyhow!("receiving usage records: {error}"))?);
    }
    Ok(all)
}

async fn apply_batch(app: &App, batch: Vec<Message>) -> anyhow::Result<()> {
    let mut records = Vec::with_capacity(batch.len());
    for message in &batch {
        match serde_json::from_slice::<UsageRecord>(&message.payload) {
            Ok(record) if record.v == 1 => records.push(record),
            Ok(record) => anyhow::bail!(
                "usage records of version {} are not known here; run a newer metering",
                record.v
            ),
            Err(error) => error!(%error, "a usage record could not be read and is left out"),
        }
    }
    let applied = match apply::apply(&app.pool, &records).await {
        Ok(applied) => applied,
        Err(error) => {
            // Said at once, so that they come again soon and not only after the ack wait.
            for message in batch {
                let _ = message.ack_with(AckKind::Nak(Some(RETRY_AFTER))).await;
            }
            return Err(error.into());
        }
    };
    metrics::counter!("metering_records_applied_total").increment(applied);
    metrics::counter!("metering_records_repeated_total").increment(records.len() as u64 - applied);
    for message in batch {
        // A lost ack brings the record again, and it will be found applied.
        if let Err(error) = message.ack_with(AckKind::Ack).await {
            warn!(%error, "an ack of a usage record was not sent");
        }
    }
    Ok(())
}

/// The stream belongs to writer; metering waits until it is there.
async fn consumer(app: &App) -> anyhow::Result<PullConsumer> {
    let stream = app.bus.jetstream.get_stream(USAGE_STREAM).await;
    let stream = stream.map_err(|error| anyhow::anyhow!("opening the usage stream: {}", chain(&error)))?;
    let config = pull::Config {
        durable_name: Some(CONSUMER.to_owned()),
        filter_subject: USAGE_SUBJECTS.to_owned(),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_ack_pending: 4 * i64::try_from(BATCH_MAX).unwrap_or(i64::MAX),
        ..pull::Config::default()
    };
    let consumer = stream.get_or_create_consumer(CONSUMER, config).await;
    consumer.map_err(|error| anyhow::anyhow!("opening the usage consumer: {}", chain(&error)))
}
