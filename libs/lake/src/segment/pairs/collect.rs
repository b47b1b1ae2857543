//! The pairs of rows that are being written.

use std::collections::HashSet;

use arrow::array::{AsArray, RecordBatch};
use bytes::{BufMut, Bytes};
use xorf::{BinaryFuse8, DmaSerializable};

use super::{PAIRS_PER_ROW_MAX, key_hash, pair_hash};
use crate::segment::{
    attributes::{ATTRIBUTES, Plain, double, key_of, walk},
    hashed::{HashedMap, HashedSet},
};

const RESOURCE: &str = "resource";
/// Pairs held while a group is collected. When there are more, the key with the most is left out.
const PAIRS_HELD_MAX: usize = 1_000_000;
/// Keys held: a group with more says nothing.
const KEYS_HELD_MAX: usize = 50_000;

/// Collects group by group.
#[derive(Debug, Default)]
pub(in crate::segment) struct Pairs {
    done: Vec<u8>,
    group: Group,
}

#[derive(Debug, Default)]
struct Group {
    rows: usize,
    /// Hash of the key → hashes of its pairs; `None`: left out.
    keys: HashedMap<Option<HashedSet>>,
    held: usize,
    /// Resources come over and over.
    resources: HashSet<Vec<u8>>,
    /// Something was met that nobody can tell the key of.
    is_unclear: bool,
    text: String,
}

impl Pairs {
    /// Takes rows with the table's columns; attributes as they were sent.
    pub(in crate::segment) fn add(&mut self, rows: &RecordBatch) {
        let group = &mut self.group;
        group.rows += rows.num_rows();
        for message in rows[ATTRIBUTES].as_binary::<i32>().iter().flatten() {
            group.add(message);
        }
        for message in rows[RESOURCE].as_binary::<i32>().iter().flatten() {
            if !group.resources.contains(message) {
                group.resources.insert(message.to_vec());
                group.add(message);
            }
        }
    }

    /// The rows so far are a row group.
    pub(in crate::segment) fn end_group(&mut self) {
        std::mem::take(&mut self.group).put(&mut self.done);
    }

    /// `None` of a segment without attributes.
    pub(in crate::segment) fn finish(mut self) -> Option<Bytes> {
        if self.group.rows > 0 {
            self.end_group();
        }
        (!self.done.is_empty()).then(|| self.done.into())
    }
}

impl Group {
    fn add(&mut self, message: &[u8]) {
        for sent in walk(message) {
            let Some((key, value)) = sent.plain else {
                match key_of(sent.record) {
                    Some(key) => self.leave_out(key_hash(key)),
                    None => self.is_unclear = true,
                }
                continue;
            };
            let key = key_hash(key.as_bytes());
            let pair = match value {
                Plain::Text(text) => pair_hash(key, text.as_bytes()),
                Plain::Bool(yes) => pair_hash(key, if yes { b"true" } else { b"false" }),
                Plain::Int(number) => self.pair_of(key, format_args!("{number}")),
                Plain::Double(number) => self.pair_of(key, format_args!("{}", double(number))),
            };
            self.insert(key, pair);
        }
    }

    fn pair_of(&mut self, key: u64, value: std::fmt::Arguments<'_>) -> u64 {
        self.text.clear();
        // Writing to a string does not fail.
        let _ = std::fmt::Write::write_fmt(&mut self.text, value);
        pair_hash(key, self.text.as_bytes())
    }

    fn insert(&mut self, key: u64, pair: u64) {
        if self.keys.len() >= KEYS_HELD_MAX && !self.keys.contains_key(&key) {
            self.is_unclear = true;
            return;
        }
        if let Some(pairs) = self.keys.entry(key).or_insert_with(|| Some(HashedSet::default()))
            && pairs.insert(pair)
        {
            self.held += 1;
            if self.held > PAIRS_HELD_MAX {
                self.leave_out_largest();
            }
        }
    }

    fn leave_out(&mut self, key: u64) {
        let pairs = self.keys.insert(key, None).flatten();
        self.held -= pairs.map_or(0, |pairs| pairs.len());
    }

    fn leave_out_largest(&mut self) {
        let size = |pairs: &Option<HashedSet>| pairs.as_ref().map_or(0, HashedSet::len);
        // Of equally large ones, always the same.
        let largest = self.keys.iter().map(|(key, pairs)| (size(pairs), *key)).max();
        if let Some((_, key)) = largest {
            self.leave_out(key);
        }
    }

    fn put(mut self, out: &mut Vec<u8>) {
        let pairs_max = (self.rows as f64 * PAIRS_PER_ROW_MAX) as usize;
        while self.held > pairs_max.max(1_000) {
            self.leave_out_largest();
        }
        let mut left_out: Vec<u64> =
            self.keys.iter().filter(|(_, pairs)| pairs.is_none()).map(|(key, _)| *key).collect();
        left_out.sort_unstable();
        let mut pairs: Vec<u64> = self.keys.into_values().flatten().flatten().collect();
        pairs.sort_unstable();
        pairs.dedup();
        let filter =
            (!self.is_unclear && !pairs.is_empty()).then(|| BinaryFuse8::try_from(pairs).ok()).flatten();
        if filter.is_none() {
            // It says nothing, so of no key in particular.
            left_out.clear();
        }
        out.put_u32_le(u32::try_from(left_out.len()).expect("keys are capped"));
        left_out.iter().for_each(|key| out.put_u64_le(*key));
        let mut bytes = Vec::new();
        if let Some(filter) = filter {
            bytes = vec![0; BinaryFuse8::DESCRIPTOR_LEN];
            filter.dma_copy_descriptor_to(&mut bytes);
            bytes.extend_from_slice(filter.dma_fingerprints());
        }
        out.put_u32_le(u32::try_from(bytes.len()).expect("pairs are capped"));
        out.extend_from_slice(&bytes);
    }
}
