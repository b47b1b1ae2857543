//! The one length-prefixed message of a unary call: flag (1 byte), length (4), bytes.

use axum::body::Body;
use bytes::Bytes;
use naru_ids::{TenantId, UnixMs};

use crate::{
    answer::Refusal,
    memory::{Memory, Reserved},
    normalize::decompress::{Encoding, Inflating, REQUEST_BYTES_MAX},
    receive::read_body,
};

const PREFIX_LEN: usize = 5;

/// The message, not yet decompressed.
pub(super) async fn read(
    body: &mut Body,
    encoding: Encoding,
    memory: &mut Reserved,
) -> Result<Inflating, Refusal> {
    unframe(&read_body(body, REQUEST_BYTES_MAX + PREFIX_LEN, memory).await?, encoding)
}

fn unframe(bytes: &Bytes, encoding: Encoding) -> Result<Inflating, Refusal> {
    let Some((prefix, _)) = bytes.split_first_chunk::<PREFIX_LEN>() else {
        return Err(malformed("the call has no message"));
    };
    let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]) as usize;
    if bytes.len() - PREFIX_LEN != length {
        return Err(malformed("the message has another length than its prefix says"));
    }
    let message = bytes.slice(PREFIX_LEN..);
    match prefix[0] {
        0 => Inflating::new(Encoding::Plain, message),
        1 if encoding == Encoding::Plain => {
            Err(malformed("the message is compressed, but grpc-encoding does not say how"))
        }
        1 => Inflating::new(encoding, message),
        _ => Err(malformed("the message has an unknown flag")),
    }
}

/// The message of a call's body, decompressed; `None` when the gateway refuses it. For fuzzing, which asks for no reason.
#[must_use]
pub fn unframed(encoding: &str, body: &Bytes) -> Option<Bytes> {
    let encoding = Encoding::parse(Some(encoding)).ok()?;
    let mut memory = Memory::new(4 * REQUEST_BYTES_MAX).reserve(TenantId::new(UnixMs(0)));
    unframe(body, encoding).ok()?.finish(&mut memory).ok()
}

fn malformed(detail: &str) -> Refusal {
    Refusal::Malformed { code: "malformed", detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_must_be_what_its_prefix_says() {
        let message = |flag: u8, length: u32, body: &[u8]| -> Bytes {
            [&[flag][..], &length.to_be_bytes(), body].concat().into()
        };
        let mut memory = Memory::new(1024).reserve(TenantId::new(UnixMs(1)));
        let plain = unframe(&message(0, 3, b"abc"), Encoding::Gzip).unwrap().finish(&mut memory);
        assert_eq!(plain.unwrap(), &b"abc"[..]);
        for bad in [
            message(0, 4, b"abc"),
            message(0, 2, b"abc"),
            message(1, 3, b"abc"),
            message(7, 3, b"abc"),
            Bytes::new(),
        ] {
            assert_eq!(unframe(&bad, Encoding::Plain).err().unwrap().http_status(), 400, "{bad:?}");
        }
    }
}
