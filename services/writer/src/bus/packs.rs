//! Packs of one partition, in order and without a gap.

use std::time::Duration;

use async_nats::jetstream::{
    Message,
    consumer::{AckPolicy, DeliverPolicy, pull},
    stream::Stream,
};
use bytes::Bytes;
use futures::StreamExt;
use naru_telemetry::chain;
use tracing::{debug, warn};
use uuid::Uuid;

use super::{
    cursor::{Arrival, Broken, Cursor},
    stream::epoch_of,
};

const RETRY: Duration = Duration::from_millis(250);
/// A pull that stays without a sign of life for twice this long is begun anew.
const HEARTBEAT: Duration = Duration::from_secs(2);
const PULL_EXPIRES: Duration = Duration::from_secs(30);
/// Held by the client at a time: bounds memory between bus and decoder to about 8 MiB per partition.
const PULL_MESSAGES: usize = 16;
/// The server forgets a consumer that nobody pulls from.
const CONSUMER_IDLE: Duration = Duration::from_secs(60);

/// One message of a partition stream.
#[derive(Debug)]
pub(crate) struct PackMessage {
    pub(crate) seq: u64,
    /// When the bus stored it, by its own clock; unix ms.
    pub(crate) at_ms: u64,
    pub(crate) payload: Bytes,
}

/// Reads from one sequence on. No acknowledgements: how far we are lies in the catalog.
pub(crate) struct Packs {
    stream: Stream,
    epoch: Uuid,
    cursor: Cursor,
    messages: Option<pull::Stream>,
}

impl Packs {
    pub(crate) fn new(stream: Stream, epoch: Uuid, next_seq: u64) -> Self {
        Self { stream, epoch, cursor: Cursor::at(next_seq), messages: None }
    }

    /// The next pack; waits as long as there is none, through any trouble of the bus. Safe to cancel.
    pub(crate) async fn next(&mut self) -> Result<PackMessage, Broken> {
        loop {
            let Some(messages) = self.messages.as_mut() else {
                self.connect().await?;
                continue;
            };
            match messages.next().await {
                Some(Ok(message)) => {
                    if let Some(pack) = self.accept(message)? {
                        return Ok(pack);
                    }
                }
                Some(Err(error)) => {
                    debug!(error = %chain(&error), "pulling packs is begun anew");
                    self.messages = None;
                }
                None => self.messages = None,
            }
        }
    }

    fn accept(&mut self, message: Message) -> Result<Option<PackMessage>, Broken> {
        let (seq, at_ms) = match message.info() {
            Ok(info) => (info.stream_sequence, unix_ms(info.published.unix_timestamp_nanos())),
            Err(error) => {
                warn!(%error, "a message without a sequence came from a partition stream");
                self.messages = None;
                return Ok(None);
            }
        };
        match self.cursor.meet(seq)? {
            Arrival::Due => Ok(Some(PackMessage { seq, at_ms, payload: message.message.payload })),
            Arrival::Old => Ok(None),
            Arrival::Early => {
                self.messages = None;
                Ok(None)
            }
        }
    }

    async fn connect(&mut self) -> Result<(), Broken> {
        match self.try_connect().await {
            Ok(Some(messages)) => {
                self.messages = Some(messages);
                self.cursor.asked();
                Ok(())
            }
            Ok(None) => Err(Broken::Changed),
            Err(error) => {
                warn!(error = %chain(error.as_ref()), "the bus gives no packs, trying again");
                tokio::time::sleep(RETRY).await;
                Ok(())
            }
        }
    }

    /// `None` when the stream is no longer the one whose sequences we count in: a bus that lost its data and was filled
    /// anew would otherwise be read from the middle.
    async fn try_connect(&self) -> Result<Option<pull::Stream>, async_nats::Error> {
        let info = self.stream.get_info().await?;
        if epoch_of(&info) != Some(self.epoch) || info.state.last_sequence + 1 < self.cursor.next_seq() {
            return Ok(None);
        }
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: self.cursor.next_seq() },
            ack_policy: AckPolicy::None,
            inactive_threshold: CONSUMER_IDLE,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer = self.stream.create_consumer(config).await?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(PULL_MESSAGES)
            .heartbeat(HEARTBEAT)
            .expires(PULL_EXPIRES)
            .messages()
            .await?;
        Ok(Some(messages))
    }
}

/// The bus has no messages from before 1970.
fn unix_ms(unix_ns: i128) -> u64 {
    u64::try_from(unix_ns / 1_000_000).unwrap_or(0)
}
