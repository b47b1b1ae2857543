//! Telling gateways what waits on the bus, so that they slow down those who send more than is stored.
//!
//! Counted on the bus itself, from the headers of messages and not from what was pulled: a writer that stopped pulling
//! because its memory is full must still see who fills the stream.

mod count;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_nats::jetstream::{
    Message,
    consumer::{AckPolicy, DeliverPolicy, pull},
};
use futures::StreamExt;
use naru_ingest_api::stream_name;
use naru_nats::Bus;
use naru_otlp::pack::{SHARES_HEADER, Shares};
use naru_telemetry::chain;
use naru_writer_api::{BACKLOG_EVERY_MS, BACKLOG_IDLE_EVERY_MS, TailState, backlog_subject};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::tail::PartitionTail;
use count::Count;

/// The server's own header: bytes of the payload that was left out.
const SIZE_HEADER: &str = "Nats-Msg-Size";
const PULL_MESSAGES: usize = 500;
/// Seldom: a lost pull costs a few seconds of news.
const HEARTBEAT: Duration = Duration::from_secs(10);
const PULL_EXPIRES: Duration = Duration::from_secs(60);
const CONSUMER_IDLE: Duration = Duration::from_secs(120);

/// Until `stop`, for every partition while it is ours.
pub(crate) async fn publish(bus: Bus, tails: Arc<[Arc<PartitionTail>]>, stop: CancellationToken) {
    let partitions = tails.iter().map(|tail| follow(&bus, tail));
    tokio::select! {
        _ = futures::future::join_all(partitions) => {}
        () = stop.cancelled() => {}
    }
}

async fn follow(bus: &Bus, tail: &PartitionTail) {
    let mut looks = interval(Duration::from_millis(BACKLOG_EVERY_MS));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let Some(state) = tail.state() else { continue };
        let mut count = Count::new(state.committed_seq, Instant::now());
        // Trouble with the bus begins the pull anew and keeps the count.
        while tail.state().is_some_and(|now| now.epoch == state.epoch) {
            if let Err(error) = count_and_tell(bus, tail, &state, &mut count).await {
                let partition = state.partition;
                debug!(partition, error = %chain(error.as_ref()), "the backlog of partition {partition} is not told");
            }
            looks.tick().await;
        }
    }
}

/// Returns when the partition is not ours any more, or the bus is away.
async fn count_and_tell(
    bus: &Bus,
    tail: &PartitionTail,
    owned: &TailState,
    count: &mut Count,
) -> Result<(), async_nats::Error> {
    let mut stream = bus.jetstream.get_stream(stream_name(owned.partition)).await?;
    let cap_bytes = u64::try_from(stream.info().await?.config.max_bytes).unwrap_or(0);
    let config = pull::Config {
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: count.next_seq() },
        ack_policy: AckPolicy::None,
        headers_only: true,
        inactive_threshold: CONSUMER_IDLE,
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    };
    let consumer = stream.create_consumer(config).await?;
    let mut messages = consumer
        .stream()
        .max_messages_per_batch(PULL_MESSAGES)
        .heartbeat(HEARTBEAT)
        .expires(PULL_EXPIRES)
        .messages()
        .await?;
    let mut ticks = interval(Duration::from_millis(BACKLOG_EVERY_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told: Option<Instant> = None;
    loop {
        tokio::select! {
            message = messages.next() => match message {
                Some(message) => see(&message?, count),
                None => return Ok(()),
            },
            _ = ticks.tick() => {
                let Some(state) = tail.state().filter(|state| state.epoch == owned.epoch) else { return Ok(()) };
                let (now, was_empty) = (Instant::now(), count.is_empty());
                count.committed(state.committed_seq, now);
                let is_due = told.is_none_or(|at| now - at >= Duration::from_millis(BACKLOG_IDLE_EVERY_MS));
                if is_due || !was_empty {
                    bus.publish(backlog_subject(state.partition), &count.backlog(&state, cap_bytes, now)).await?;
                    told = Some(now);
                }
            }
        }
    }
}

fn see(message: &Message, count: &mut Count) {
    let Ok(info) = message.info() else { return };
    let header = |name: &str| message.headers.as_ref().and_then(|headers| headers.get(name));
    let bytes = header(SIZE_HEADER).and_then(|size| size.as_str().parse().ok()).unwrap_or(0);
    // Packs of gateways that did not say yet whose they are wait all the same.
    let shares = header(SHARES_HEADER).map(|text| Shares::from_text(text.as_str())).unwrap_or_default();
    count.add(info.stream_sequence, bytes, shares);
}
