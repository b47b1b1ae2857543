use proptest::prelude::*;

use super::*;

/// Written by the first version that shipped. Every later reader must read it.
const GOLDEN_V1: &str = include_str!("golden_v1.hex");

fn entry(n: u8, bytes: &[u8]) -> PackedEntry {
    let uuid = uuid::Uuid::from_bytes([n; 16]);
    PackedEntry {
        id: EntryId(u128::from(n) << 64 | 7),
        tenant: TenantId::from_uuid(uuid),
        project: ProjectId::from_uuid(uuid),
        key: KeyId::from_uuid(uuid),
        signal: Signal::Logs,
        is_unbilled: n.is_multiple_of(2),
        items: u32::from(n) * 3,
        received_ms: 1_764_000_000_000 + u64::from(n),
        clock_offset_ms: -540_000,
        bytes: Bytes::copy_from_slice(bytes),
    }
}

fn packed(entries: &[PackedEntry]) -> Bytes {
    let mut pack = PackBuilder::new();
    for entry in entries {
        pack.push(entry.clone());
    }
    pack.finish(11, 42)
}

#[test]
fn a_pack_of_version_1_is_readable_for_ever() {
    let entries = vec![entry(1, b"first"), entry(2, b""), entry(3, &[0xab; 100])];
    let read = Pack::decode(&hex::decode(GOLDEN_V1.trim()).unwrap()).unwrap();
    assert_eq!(read, Pack { gateway: 11, sequence: 42, entries });
}

#[test]
fn what_is_no_pack_or_a_newer_one_is_told_apart() {
    let good = packed(&[entry(1, b"x")]);
    let newer = [&good[..4], &[9], &good[5..]].concat();
    assert_eq!(Pack::decode(&newer), Err(PackError::UnknownVersion(9)));
    assert_eq!(Pack::decode(b"NOPE and more of it, long enough"), Err(PackError::NotAPack));
    assert!(matches!(Pack::decode(&good[..good.len() - 1]), Err(PackError::Damaged(_))));
    assert!(matches!(Pack::decode(&good[..10]), Err(PackError::Damaged(_))));
}

#[test]
fn a_pack_that_claims_to_be_huge_is_refused_before_it_is_decompressed() {
    let mut message = packed(&[entry(1, b"x")]).to_vec();
    message[25..29].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(Pack::decode(&message), Err(PackError::Damaged("its lengths are impossible")));
}

#[test]
fn a_full_pack_has_no_room_and_a_huge_entry_gets_a_pack_of_its_own() {
    let mut pack = PackBuilder::new();
    let large = entry(1, &vec![0; PACK_RAW_BYTES_MAX - 1_000]);
    assert!(pack.has_room_for(&large));
    pack.push(large.clone());
    assert!(!pack.has_room_for(&large));
    assert_eq!(Pack::decode(&pack.finish(1, 1)).unwrap().entries, [large]);
}

#[test]
fn a_kept_writer_writes_the_same_packs_and_says_whose_they_are() {
    let mut writer = PackWriter::default();
    for sizes in [[3_000, 1_000], [10, 10]] {
        let mut pack = PackBuilder::new();
        let entries: Vec<_> = (1..).zip(sizes).map(|(n, bytes)| entry(n, &vec![n; bytes])).collect();
        entries.iter().for_each(|entry| pack.push(entry.clone()));
        let (message, shares) = pack.finish_with(&mut writer, 11, 42);
        assert_eq!(message, packed(&entries));
        let bytes = message.len() as u64;
        let all = (sizes[0] + sizes[1]) as u64;
        let expected =
            entries.iter().zip(sizes).map(|(entry, size)| (entry.tenant, bytes * size as u64 / all));
        assert_eq!(shares.iter().collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}

proptest! {
    #[test]
    fn what_is_packed_is_read(entries in proptest::collection::vec((any::<u8>(), proptest::collection::vec(any::<u8>(), 0..300)), 0..8)) {
        let entries: Vec<_> = entries.iter().map(|(n, bytes)| entry(*n, bytes)).collect();
        let read = Pack::decode(&packed(&entries)).unwrap();
        prop_assert_eq!(read.entries, entries);
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(tail in proptest::collection::vec(any::<u8>(), 0..200), flip in 0usize..60) {
        let mut message = packed(&[entry(1, b"some bytes")]).to_vec();
        let at = flip % message.len();
        message[at] ^= 0x55;
        message.extend_from_slice(&tail);
        let _ = Pack::decode(&message);
        let _ = Pack::decode(&tail);
    }
}
