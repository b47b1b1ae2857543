//! Reading a body as far as its bounds and our memory go.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

use crate::{answer::Refusal, memory::Reserved, normalize::decompress::too_large};

/// A slow client holds a little of our memory, and not for ever.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Believed at once of what a sender says about its length; the rest when it is here.
const CAPACITY_BYTES_MAX: usize = 1024 * 1024;
/// Of a refused body: more than any agent's batch, less than it would cost to be kind to everybody.
const DISCARD_BYTES_MAX: usize = 8 * 1024 * 1024;
const DISCARD_TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) async fn read_body(
    body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
    memory: &mut Reserved,
) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(BODY_TIMEOUT, collect(body, bytes_max, memory)).await {
        Ok(read) => read,
        Err(_) => Err(malformed(format!("the body did not arrive within {} s", BODY_TIMEOUT.as_secs()))),
    }
}

/// Lets the rest of a refused request come and go. A connection that is closed on unread bytes is reset, and the
/// answer with it: the person who runs the agent would read "connection reset", and not why.
pub(crate) async fn discard(mut body: impl Body<Data = Bytes> + Unpin) {
    let mut seen = 0;
    let reading = async {
        while seen < DISCARD_BYTES_MAX
            && let Some(Ok(frame)) = body.frame().await
        {
            seen += frame.data_ref().map_or(0, Bytes::len);
        }
    };
    // A sender that stops sending reads its answer sooner.
    let _ = tokio::time::timeout(DISCARD_TIMEOUT, reading).await;
}

async fn collect(
    mut body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
    memory: &mut Reserved,
) -> Result<Bytes, Refusal> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > bytes_max {
        return Err(too_large());
    }
    let mut read = BytesMut::with_capacity(announced.min(CAPACITY_BYTES_MAX));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| malformed("the body ended before it was complete".to_owned()))?;
        let Ok(chunk) = frame.into_data() else { continue };
        if read.len() + chunk.len() > bytes_max {
            return Err(too_large());
        }
        memory.grow(chunk.len())?;
        read.extend_from_slice(&chunk);
    }
    Ok(read.freeze())
}

fn malformed(detail: String) -> Refusal {
    Refusal::Malformed { code: "malformed", detail }
}
