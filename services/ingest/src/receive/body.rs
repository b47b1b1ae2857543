//! Reading a body as far as its bounds and our memory go.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body::Body;
use http_body_util::BodyExt;

use crate::{
    answer::Refusal,
    memory::Reserved,
    normalize::decompress::{REQUEST_BYTES_MAX, too_large},
};

/// A slow client holds a little of our memory, and not for ever.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Believed at once of what a sender says about its length; the rest when it is here.
const CAPACITY_BYTES_MAX: usize = 1024 * 1024;
/// Of a refused body: twice what a good one may hold.
const DISCARD_BYTES_MAX: usize = 2 * REQUEST_BYTES_MAX;
/// Our edge waits as long for a client's next bytes.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(60);
const ANSWER_LEAVES: Duration = Duration::from_secs(2);

pub(crate) async fn read_body(
    body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
    memory: &mut Reserved,
) -> Result<Bytes, Refusal> {
    read_within(BODY_TIMEOUT, body, bytes_max, memory).await
}

async fn read_within(
    timeout: Duration,
    body: impl Body<Data = Bytes> + Unpin,
    bytes_max: usize,
    memory: &mut Reserved,
) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(timeout, collect(body, bytes_max, memory)).await {
        Ok(read) => read,
        Err(_) => Err(Refusal::TooSlow(format!(
            "the body did not arrive within {} s; send again, or in smaller batches",
            timeout.as_secs()
        ))),
    }
}

/// Lets the rest of a refused request come and go, while its answer is on its way. A connection that is closed on
/// unread bytes is reset, and the answer with it: the person who runs the agent would read "connection reset", or a
/// `CANCELLED` that its agent takes for a reason to send the same again, and not why.
pub(crate) fn discard(
    headers: &HeaderMap,
    refusal: &Refusal,
    body: impl Body<Data = Bytes> + Unpin + Send + 'static,
) {
    // Who asks first whether to send has not sent, and must not be told to.
    if headers.contains_key(header::EXPECT) {
        return;
    }
    // Who was too slow has had its time; the answer needs a moment to leave.
    let within = if matches!(refusal, Refusal::TooSlow(_)) { ANSWER_LEAVES } else { DISCARD_TIMEOUT };
    tokio::spawn(tokio::time::timeout(within, drain(body)));
}

async fn drain(mut body: impl Body<Data = Bytes> + Unpin) {
    let mut seen = 0;
    while seen < DISCARD_BYTES_MAX
        && let Some(Ok(frame)) = body.frame().await
    {
        seen += frame.data_ref().map_or(0, Bytes::len);
    }
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

#[cfg(test)]
mod tests {
    use naru_ids::{TenantId, UnixMs};

    use super::*;
    use crate::memory::Memory;

    #[tokio::test]
    async fn a_body_that_does_not_come_may_be_sent_again() {
        let mut memory = Memory::new(1024).reserve(TenantId::new(UnixMs(1)));
        let never = futures::stream::pending::<Result<http_body::Frame<Bytes>, std::io::Error>>();
        let refused =
            read_within(Duration::from_millis(10), http_body_util::StreamBody::new(never), 10, &mut memory)
                .await
                .unwrap_err();
        assert_eq!((refused.http_status(), refused.rpc_code()), (503, 4));
        assert!(refused.retry_after().is_some() && !refused.is_ours());
    }
}
