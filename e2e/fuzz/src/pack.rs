//! Packs, as messages and as bodies that a valid header goes before.

use bytes::Bytes;
use naru_ids::{KeyId, ProjectId, TenantId};
use naru_otlp::{
    admit::EntryId,
    pack::{Pack, PackBuilder, PackedEntry},
};
use naru_signal::Signal;
use uuid::Uuid;

/// Magic, version, gateway, sequence: what comes before the two lengths.
const HEAD: [u8; 21] = *b"NPK1\x01\0\0\0\0\0\0\0\x0b\0\0\0\0\0\0\0\x2a";

pub fn check(data: &[u8]) {
    read(data);
    // Mutation seldom gets through zstd.
    let Some((count, body)) = data.split_first() else { return };
    let compressed = zstd::bulk::compress(body, 1).expect("compressing memory to memory does not fail");
    let length = u32::try_from(body.len()).expect("the fuzzer sends little");
    read(&[&HEAD[..], &u32::from(*count).to_be_bytes(), &length.to_be_bytes(), &compressed].concat());
}

fn read(message: &[u8]) {
    let Ok(pack) = Pack::decode(message) else { return };
    let mut again = PackBuilder::new();
    for entry in &pack.entries {
        again.push(entry.clone());
    }
    let again = again.finish(pack.gateway, pack.sequence);
    assert_eq!(Pack::decode(&again), Ok(pack), "a pack reads differently after it was written again");
}

#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let message = |entries: &[&[u8]]| {
        let mut pack = PackBuilder::new();
        entries.iter().for_each(|bytes| pack.push(entry(bytes)));
        pack.finish(11, 42).to_vec()
    };
    let messages = [message(&[]), message(&[b"first", b"", b"third"])];
    let bodies = messages.iter().map(|message| {
        let body = zstd::bulk::decompress(&message[HEAD.len() + 8..], 10_000).expect("it is zstd");
        [&message[HEAD.len() + 3..HEAD.len() + 4], &body].concat()
    });
    bodies.collect::<Vec<_>>().into_iter().chain(messages).collect()
}

fn entry(bytes: &[u8]) -> PackedEntry {
    let uuid = Uuid::from_u128(7);
    PackedEntry {
        id: EntryId(7),
        tenant: TenantId::from_uuid(uuid),
        project: ProjectId::from_uuid(uuid),
        key: KeyId::from_uuid(uuid),
        signal: Signal::Logs,
        is_unbilled: true,
        items: 3,
        received_ms: 1_764_000_000_000,
        clock_offset_ms: -5,
        bytes: Bytes::copy_from_slice(bytes),
    }
}
