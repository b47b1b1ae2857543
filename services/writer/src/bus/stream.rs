//! Is this the stream whose sequences the catalog counts in?
//!
//! A partition's committed sequence means something only within one stream. If the stream was deleted and made anew, or
//! lost its end, going on would skip new data or store old data twice: so the writer stops and says what to do.

use async_nats::jetstream::{
    self,
    context::{GetStreamError, GetStreamErrorKind},
    stream::{Info, Stream},
};
use naru_ingest_api::{STREAM_EPOCH_KEY, stream_name};
use naru_lake::catalog::lease::Taken;
use uuid::Uuid;

#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError {
    #[error("stream {name} does not exist yet; ingest makes it when it starts")]
    Absent { name: String },
    #[error("asking the bus about stream {name}")]
    Get { name: String, source: GetStreamError },
    #[error(
        "stream {name} carries no `{STREAM_EPOCH_KEY}` in its metadata, so nobody can tell whether it is the one that was \
         read before; let ingest make it"
    )]
    NoIdentity { name: String },
    #[error(
        "stream {name} is {found}, but the catalog counts in {expected}: it was made anew. If its old content is lost for \
         good, set committed_seq = 0 and stream_epoch = null in lake.partition for partition {partition}, then restart"
    )]
    Another { name: String, partition: u16, expected: Uuid, found: Uuid },
    #[error(
        "stream {name} ends at {last_seq}, but the catalog has stored through {committed_seq}: it ran backwards. Restore \
         the bus's data directory, or let ingest make the stream anew"
    )]
    Backwards { name: String, last_seq: u64, committed_seq: u64 },
    #[error(
        "stream {name} begins at {first_seq}, but the catalog has stored through {committed_seq} only: what lay between \
         was purged. To go on without it, set committed_seq = {resume_seq} in lake.partition for partition {partition}"
    )]
    Purged { name: String, partition: u16, first_seq: u64, committed_seq: u64, resume_seq: u64 },
}

impl StreamError {
    /// False: no waiting heals it, a person must act.
    pub(crate) const fn may_heal(&self) -> bool {
        matches!(self, Self::Absent { .. } | Self::Get { .. })
    }
}

/// A stream that fits the catalog.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) stream: Stream,
    pub(crate) epoch: Uuid,
    /// Last sequence when it was checked.
    pub(crate) last_seq: u64,
}

/// Opens the partition's stream and holds it against what the catalog says.
pub(crate) async fn open(
    jetstream: &jetstream::Context,
    partition: u16,
    taken: &Taken,
) -> Result<Checked, StreamError> {
    let name = stream_name(partition);
    let stream = jetstream.get_stream(&name).await.map_err(|source| match source.kind() {
        GetStreamErrorKind::JetStream(error)
            if error.error_code() == jetstream::ErrorCode::STREAM_NOT_FOUND =>
        {
            StreamError::Absent { name: name.clone() }
        }
        _ => StreamError::Get { name: name.clone(), source },
    })?;
    let info = stream.cached_info();
    let epoch = check(partition, taken, info)?;
    let last_seq = info.state.last_sequence;
    Ok(Checked { stream, epoch, last_seq })
}

fn check(partition: u16, taken: &Taken, info: &Info) -> Result<Uuid, StreamError> {
    let name = || info.config.name.clone();
    let Some(found) = epoch_of(info) else { return Err(StreamError::NoIdentity { name: name() }) };
    if let Some(expected) = taken.stream_epoch.filter(|expected| *expected != found) {
        return Err(StreamError::Another { name: name(), partition, expected, found });
    }
    let (committed_seq, last_seq) = (taken.committed_seq, info.state.last_sequence);
    if last_seq < committed_seq {
        return Err(StreamError::Backwards { name: name(), last_seq, committed_seq });
    }
    // An empty stream says first = last + 1.
    let first_seq = info.state.first_sequence;
    if first_seq > committed_seq + 1 {
        let resume_seq = first_seq - 1;
        return Err(StreamError::Purged { name: name(), partition, first_seq, committed_seq, resume_seq });
    }
    Ok(found)
}

/// The identity that the stream was made with.
pub(super) fn epoch_of(info: &Info) -> Option<Uuid> {
    info.config.metadata.get(STREAM_EPOCH_KEY).and_then(|text| Uuid::try_parse(text).ok())
}
