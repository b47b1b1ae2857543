//! Sealed extents: whatever was done to the bytes, what opens is what was sealed.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use futures::executor::block_on;
use naru_ids::{ProjectId, SegmentId, TenantId};
use naru_lake::{
    catalog::SegmentRow,
    seal::{ExtentKey, TenantKey, WrappedKey},
    segment::ExtentReader,
};
use naru_signal::Table;
use object_store::{ObjectStore, ObjectStoreExt, memory::InMemory, path::Path};
use rand::{SeedableRng, rngs::StdRng};
use uuid::Uuid;

const PATH: &str = "a.bundle";

/// The same keys in every run, so that what failed fails again.
struct Keys {
    tenant: TenantId,
    segment: SegmentId,
    tenant_key: TenantKey,
    extent_key: ExtentKey,
    wrapped: WrappedKey,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let mut rng = StdRng::seed_from_u64(7);
    let (tenant, segment) =
        (TenantId::from_uuid(Uuid::from_u128(1)), SegmentId::from_uuid(Uuid::from_u128(2)));
    let tenant_key = TenantKey::generate(&mut rng);
    let extent_key = ExtentKey::generate(tenant, segment, &mut rng);
    let wrapped = tenant_key.wrap(tenant, segment, &extent_key, &mut rng);
    Keys { tenant, segment, tenant_key, extent_key, wrapped }
});

/// A real extent, and one of more than a frame of any length.
static SEALED: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let long = crate::segment::extent().into_iter().cycle().take(131_172).collect();
    [crate::segment::extent(), long].map(|extent| seal(extent.into()))
});

/// The first byte chooses what the others are.
pub fn check(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    match first % 4 {
        0 => extent(bytes),
        1 => edits(&SEALED[usize::from(*first) / 4 % 2], bytes),
        2 => lengths(bytes),
        _ => wrapped_key(bytes),
    }
}

/// Any extent opens as it was, and its insides are read or refused.
fn extent(bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let sealed = seal(Bytes::copy_from_slice(bytes));
    let length = sealed.len() as u64;
    let reader = reader(sealed, 0, length).expect("a sealed extent has a sealed extent's length");
    assert_eq!(block_on(reader.whole()).expect("it opens"), bytes);
    if let Ok(head) = block_on(reader.head()) {
        let _ = head.may_hold(&[7; 16]);
        drop(block_on(reader.trace_table(&head)));
    }
}

/// Three bytes each: where (of 65,536 places along the extent), and what to change there.
fn edits(sealed: &[u8], edits: &[u8]) {
    let mut edited = sealed.to_vec();
    for edit in edits.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([edit[0], edit[1]])) * edited.len() / 65_536;
        edited[at] ^= edit[2];
    }
    let was_changed = edited != sealed;
    let length = edited.len() as u64;
    let reader = reader(edited, 0, length).expect("the length is as it was");
    assert_eq!(block_on(reader.whole()).is_err(), was_changed, "a change was not noticed");
    drop(block_on(reader.head()));
}

/// A catalog row that says where an extent lies, and is wrong.
fn lengths(numbers: &[u8]) {
    let mut number =
        numbers.chunks_exact(3).map(|n| u64::from(n[0]) << 16 | u64::from(n[1]) << 8 | u64::from(n[2]));
    let (offset, length) = (number.next().unwrap_or(0), number.next().unwrap_or(0));
    let sealed = SEALED[1].clone();
    let is_right = offset == 0 && length == sealed.len() as u64;
    let Some(reader) = reader(sealed, offset, length) else { return };
    assert_eq!(block_on(reader.whole()).is_ok(), is_right, "{length} bytes at {offset} opened");
}

fn wrapped_key(bytes: &[u8]) {
    let keys = &*KEYS;
    let opened = keys.tenant_key.unwrap(keys.tenant, keys.segment, &WrappedKey(bytes.to_vec()));
    assert_eq!(opened.is_ok(), bytes == keys.wrapped.0, "something else passes for a key");
}

fn seal(extent: Bytes) -> Vec<u8> {
    KEYS.extent_key.seal(&[extent]).concat()
}

fn reader(sealed: Vec<u8>, offset: u64, length: u64) -> Option<ExtentReader> {
    let keys = &*KEYS;
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    block_on(store.put(&Path::from(PATH), sealed.into())).expect("memory takes it");
    let row = SegmentRow {
        id: keys.segment,
        tenant: keys.tenant,
        project: ProjectId::from_uuid(Uuid::from_u128(3)),
        table: Table::LogRecords,
        day: 0,
        partition: 0,
        first_seq: 1,
        last_seq: 1,
        level: 0,
        path: PATH.to_owned(),
        offset,
        length,
        sealed_key: keys.wrapped.clone(),
        rows: 1,
        min_start_ns: 0,
        max_start_ns: 0,
    };
    ExtentReader::of(store, &row, &keys.tenant_key).ok()
}

#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let length = (SEALED[1].len() as u32).to_be_bytes();
    vec![
        [&[0], &crate::segment::extent()[..]].concat(),
        vec![1, 0, 9, 1],
        vec![5, 128, 0, 255, 255, 255, 1],
        [&[2, 0, 0, 0], &length[1..]].concat(),
        [&[3], &KEYS.wrapped.0[..]].concat(),
    ]
}
