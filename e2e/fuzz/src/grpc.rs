//! The frame of a unary gRPC call.

use bytes::Bytes;
use naru_ingest::unframed;

use crate::inflate;

/// The first byte says what `grpc-encoding` does.
pub fn check(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let encoding = inflate::encoding(*first);
    let Some(message) = unframed(encoding, &Bytes::copy_from_slice(body)) else { return };
    let [flag, length @ ..] = *body.first_chunk::<5>().expect("a frame has a prefix");
    assert_eq!(u32::from_be_bytes(length) as usize, body.len() - 5, "one message, and nothing after it");
    match flag {
        0 => assert_eq!(message, body[5..]),
        _ => assert!(flag == 1 && !encoding.is_empty() && message.len() <= inflate::REQUEST_BYTES_MAX),
    }
}

/// Bodies as they are, and compressed.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let framed = |seed: Vec<u8>| {
        let (encoding, body) = seed.split_first().expect("a seed begins with its encoding");
        let flag = u8::from(!inflate::encoding(*encoding).is_empty());
        let length = u32::try_from(body.len()).expect("seeds are small").to_be_bytes();
        [&[*encoding, flag], &length[..], body].concat()
    };
    inflate::seeds().into_iter().map(framed).collect()
}
