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

use super::stream::epoch_of;

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
    pub(crate) payload: Bytes,
}

/// Reading on would leave something out. The partition is taken anew, which says what is wrong with the stream.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// The stream has no message at `expected`, though there are later ones.
    #[error(
        "the bus answered sequence {found} where {expected} was due; what lay between is gone. Restore the stream, or, to \
         go on without it, set committed_seq of this partition in lake.partition to {found} - 1"
    )]
    Gap { expected: u64, found: u64 },
    #[error("the stream is not the one that was read so far")]
    Changed,
}

/// Reads from one sequence on. No acknowledgements: how far we are lies in the catalog.
pub(crate) struct Packs {
    stream: Stream,
    epoch: Uuid,
    next_seq: u64,
    messages: Option<pull::Stream>,
    /// The last consumer was made for `next_seq`, and has answered nothing yet.
    is_fresh: bool,
}

impl Packs {
    pub(crate) fn new(stream: Stream, epoch: Uuid, next_seq: u64) -> Self {
        Self { stream, epoch, next_seq, messages: None, is_fresh: false }
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

    /// A message that was lost on the way is asked for again; one that the stream itself lacks is an error.
    fn accept(&mut self, message: Message) -> Result<Option<PackMessage>, Broken> {
        let seq = match message.info() {
            Ok(info) => info.stream_sequence,
            Err(error) => {
                warn!(%error, "a message without a sequence came from a partition stream");
                self.messages = None;
                return Ok(None);
            }
        };
        if seq < self.next_seq {
            return Ok(None);
        }
        if seq > self.next_seq {
            if self.is_fresh {
                return Err(Broken::Gap { expected: self.next_seq, found: seq });
            }
            self.messages = None;
            return Ok(None);
        }
        self.is_fresh = false;
        self.next_seq = seq + 1;
        Ok(Some(PackMessage { seq, payload: message.message.payload }))
    }

    async fn connect(&mut self) -> Result<(), Broken> {
        match self.try_connect().await {
            Ok(Some(messages)) => {
                self.messages = Some(messages);
                self.is_fresh = true;
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
        if epoch_of(&info) != Some(self.epoch) || info.state.last_sequence + 1 < self.next_seq {
            return Ok(None);
        }
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: self.next_seq },
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
