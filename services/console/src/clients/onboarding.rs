//! The event log of the install page: history and what happens now, read from the bus.

use std::time::Duration;

use async_nats::jetstream::{
    consumer::{AckPolicy, DeliverPolicy, pull},
    stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream as JetStream},
};
use futures::{Stream, StreamExt, future};
use naru_ids::{ProjectId, TenantId};
use naru_ingest_api::{
    ONBOARDING_AGE_S_MAX, ONBOARDING_BYTES_MAX, ONBOARDING_MESSAGES_PER_PROJECT_MAX, ONBOARDING_STREAM,
    ONBOARDING_SUBJECTS, onboarding_subject,
};
use naru_nats::Bus;

use crate::error::Error;

/// One entry of the log: its place in the stream, and an `OnboardingEvent` as JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub sequence: u64,
    pub json: String,
}

/// JetStream answers within this or is away.
const TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub struct Onboarding {
    bus: Bus,
}

impl Onboarding {
    #[must_use]
    pub fn new(bus: Bus) -> Self {
        Self { bus }
    }

    /// A project's entries after sequence `after` (0 = all that are kept), then each new one as it comes.
    ///
    /// Ends when the stream can't be read any longer; whoever watches asks again with the last sequence seen.
    pub async fn watch(
        &self,
        tenant: TenantId,
        project: ProjectId,
        after: u64,
    ) -> Result<impl Stream<Item = Entry> + Send + use<>, Error> {
        let mut stream = self.stream().await?;
        let last = stream.info().await.map_err(away)?.state.last_sequence;
        // A stream made anew counts from 1: a sequence it has not reached is of the one before.
        let after = if after > last { 0 } else { after };
        let config = pull::OrderedConfig {
            filter_subject: onboarding_subject(tenant, project),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: after + 1 },
            ..Default::default()
        };
        let consumer = within(stream.create_consumer(config)).await?;
        let messages = within(consumer.messages()).await?;
        Ok(messages
            .take_while(|message| future::ready(message.is_ok()))
            .filter_map(|message| future::ready(message.ok().and_then(|message| entry(&message)))))
    }

    /// A durable reader of all projects' entries, shared by all console processes; each entry must be acknowledged.
    pub async fn all(&self, name: &str) -> Result<pull::Stream, Error> {
        let stream = self.stream().await?;
        let config = pull::Config {
            durable_name: Some(name.to_owned()),
            ack_policy: AckPolicy::Explicit,
            deliver_policy: DeliverPolicy::All,
            ..Default::default()
        };
        let consumer = within(stream.get_or_create_consumer(name, config)).await?;
        within(consumer.messages()).await
    }

    /// The stream, made on first use by whoever comes first: a gateway or an install page.
    async fn stream(&self) -> Result<JetStream, Error> {
        let config = Config {
            name: ONBOARDING_STREAM.to_owned(),
            subjects: vec![ONBOARDING_SUBJECTS.to_owned()],
            max_messages_per_subject: ONBOARDING_MESSAGES_PER_PROJECT_MAX,
            max_bytes: ONBOARDING_BYTES_MAX,
            max_age: Duration::from_secs(ONBOARDING_AGE_S_MAX),
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            storage: StorageType::File,
            ..Default::default()
        };
        within(self.bus.jetstream.get_or_create_stream(config)).await
    }
}

fn entry(message: &async_nats::jetstream::Message) -> Option<Entry> {
    let sequence = message.info().ok()?.stream_sequence;
    // JSON on one line: a line break would end the field of a server-sent event.
    let json = String::from_utf8(message.payload.to_vec()).ok()?.replace(['\r', '\n'], " ");
    Some(Entry { sequence, json })
}

async fn within<T, E: std::error::Error>(answer: impl Future<Output = Result<T, E>>) -> Result<T, Error> {
    match tokio::time::timeout(TIMEOUT, answer).await {
        Ok(answer) => answer.map_err(away),
        Err(_) => Err(Error::Onboarding(format!("no answer within {} s", TIMEOUT.as_secs()))),
    }
}

fn away(error: impl std::error::Error) -> Error {
    Error::Onboarding(naru_telemetry::chain(&error))
}
