//! The streams that ingest owns, made with the right properties or not used at all.

use std::{collections::HashMap, time::Duration};

use async_nats::jetstream::{
    self,
    context::{CreateStreamError, GetStreamError, GetStreamErrorKind, UpdateStreamError},
    stream::{Compression, Config, DiscardPolicy, PersistenceMode, RetentionPolicy, StorageType},
};
use naru_ingest_api::{
    ONBOARDING_AGE_S_MAX, ONBOARDING_MESSAGES_PER_PROJECT_MAX, ONBOARDING_STREAM, ONBOARDING_SUBJECTS,
    STREAM_EPOCH_KEY, stream_name, subject,
};
use uuid::Uuid;

/// All projects' onboarding events together: they are small, and only the newest count.
const ONBOARDING_BYTES_MAX: i64 = 256 << 20;

#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    #[error("asking the bus about stream {name}")]
    Get { name: String, source: GetStreamError },
    #[error("making stream {name}")]
    Create { name: String, source: CreateStreamError },
    #[error("setting the cap of stream {name}")]
    SetCap { name: String, source: UpdateStreamError },
    #[error("stream {name} has {what}: what is acknowledged could be lost; mend or remove it")]
    Unsafe { name: String, what: String },
}

/// Partition streams: limits retention, `discard: new`, in files. A full one refuses, it never drops what is unread.
pub(crate) async fn ensure_partitions(
    jetstream: &jetstream::Context,
    partitions: u16,
    bytes_max: i64,
) -> Result<(), StreamError> {
    for partition in 0..partitions {
        let identity = Uuid::new_v4().to_string();
        let config = Config {
            name: stream_name(partition),
            subjects: vec![subject(partition)],
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::New,
            storage: StorageType::File,
            max_bytes: bytes_max,
            // Packs are compressed already.
            compression: Some(Compression::None),
            metadata: HashMap::from([(STREAM_EPOCH_KEY.to_owned(), identity)]),
            ..Config::default()
        };
        let found = get_or_create(jetstream, config.clone()).await?;
        check(&config, &found)?;
        if found.max_bytes != bytes_max {
            set_cap(jetstream, found, bytes_max).await?;
        }
    }
    Ok(())
}

/// The event log of install pages: the newest per project, which is the one place for `discard: old`.
pub(crate) async fn ensure_onboarding(jetstream: &jetstream::Context) -> Result<(), StreamError> {
    let config = Config {
        name: ONBOARDING_STREAM.to_owned(),
        subjects: vec![ONBOARDING_SUBJECTS.to_owned()],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        max_bytes: ONBOARDING_BYTES_MAX,
        max_messages_per_subject: ONBOARDING_MESSAGES_PER_PROJECT_MAX,
        max_age: Duration::from_secs(ONBOARDING_AGE_S_MAX),
        ..Config::default()
    };
    get_or_create(jetstream, config).await.map(|_| ())
}

async fn get_or_create(jetstream: &jetstream::Context, config: Config) -> Result<Config, StreamError> {
    let name = config.name.clone();
    match jetstream.get_stream(&name).await {
        Ok(stream) => Ok(stream.cached_info().config.clone()),
        Err(source) if is_absent(&source) => match jetstream.create_stream(config).await {
            Ok(stream) => Ok(stream.cached_info().config.clone()),
            // Another gateway made it a moment ago, with an identity of its own: that one counts.
            Err(source) => match jetstream.get_stream(&name).await {
                Ok(stream) => Ok(stream.cached_info().config.clone()),
                Err(_) => Err(StreamError::Create { name, source }),
            },
        },
        Err(source) => Err(StreamError::Get { name, source }),
    }
}

/// The cap is an operator's to change; a full stream refuses, so neither way loses anything.
async fn set_cap(jetstream: &jetstream::Context, found: Config, bytes_max: i64) -> Result<(), StreamError> {
    let name = found.name.clone();
    match jetstream.update_stream(Config { max_bytes: bytes_max, ..found }).await {
        Ok(_) => Ok(()),
        Err(source) => Err(StreamError::SetCap { name, source }),
    }
}

fn is_absent(error: &GetStreamError) -> bool {
    matches!(error.kind(), GetStreamErrorKind::JetStream(error) if error.error_code() == jetstream::ErrorCode::STREAM_NOT_FOUND)
}

fn check(wanted: &Config, found: &Config) -> Result<(), StreamError> {
    let what = if found.discard != DiscardPolicy::New {
        "`discard: old`, which deletes unread data".to_owned()
    } else if found.retention != RetentionPolicy::Limits {
        format!("retention {:?}", found.retention)
    } else if found.storage != StorageType::File {
        "memory storage".to_owned()
    } else if matches!(found.persist_mode, Some(PersistenceMode::Async)) {
        "`persist_mode: async`, which acknowledges before it stores".to_owned()
    } else if found.subjects != wanted.subjects {
        format!("subjects {:?}", found.subjects)
    } else if !found.max_age.is_zero() {
        format!("a maximum age of {:?}", found.max_age)
    } else if found.max_messages > 0 || found.max_messages_per_subject > 0 {
        "a maximum number of messages".to_owned()
    } else if found.max_bytes <= 0 {
        "no cap in bytes, which fills the disk and wedges the server".to_owned()
    } else if !found.metadata.contains_key(STREAM_EPOCH_KEY) {
        format!("no `{STREAM_EPOCH_KEY}` in its metadata")
    } else {
        return Ok(());
    };
    Err(StreamError::Unsafe { name: found.name.clone(), what })
}
