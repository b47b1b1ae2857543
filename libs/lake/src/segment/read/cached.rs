//! Sealed bytes of an extent by way of a cache: whole blocks are fetched, parts of them are read.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use bytes::{Bytes, BytesMut};

use super::ExtentReader;
use crate::{
    Error,
    cache::{BlockId, DiskCache, block_bytes},
    segment::Damage,
};

/// What lies of one range in one block.
struct Part {
    /// Place of the range among those asked for.
    range: usize,
    number: u64,
    /// Of the block's bytes.
    within: Range<u64>,
}

/// Bytes of each of these ranges of the sealed extent.
pub(super) async fn read(
    extent: &ExtentReader,
    cache: &Arc<DiskCache>,
    ranges: &[Range<u64>],
) -> Result<Vec<BytesMut>, Error> {
    let parts = parts(ranges, extent);
    let asked: Vec<_> = parts
        .iter()
        .map(|part| (extent.block(part.number), length(part.number, extent), part.within.clone()))
        .collect();
    let held = Arc::clone(cache);
    let found = blocking(move || held.read(&asked)).await;
    let missing: BTreeSet<u64> =
        parts.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(part, _)| part.number).collect();
    let fetched = fetch(extent, cache, missing).await?;
    let mut read: Vec<BytesMut> =
        ranges.iter().map(|range| BytesMut::with_capacity((range.end - range.start) as usize)).collect();
    for (part, found) in parts.iter().zip(found) {
        let of_block = || fetched[&part.number].slice(part.within.start as usize..part.within.end as usize);
        read[part.range].extend_from_slice(&found.unwrap_or_else(of_block));
    }
    Ok(read)
}

/// None of these ranges is kept any more: something in them does not open.
pub(super) async fn forget(extent: &ExtentReader, cache: &Arc<DiskCache>, ranges: &[Range<u64>]) {
    let blocks: BTreeSet<BlockId> =
        parts(ranges, extent).iter().map(|part| extent.block(part.number)).collect();
    let held = Arc::clone(cache);
    blocking(move || blocks.iter().for_each(|id| held.forget(id))).await;
}

async fn fetch(
    extent: &ExtentReader,
    cache: &Arc<DiskCache>,
    numbers: BTreeSet<u64>,
) -> Result<BTreeMap<u64, Bytes>, Error> {
    if numbers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let start = |number: u64| number * block_bytes(extent.key.frames);
    let ranges: Vec<Range<u64>> =
        numbers.iter().map(|&number| start(number)..start(number) + length(number, extent)).collect();
    let fetched: BTreeMap<u64, Bytes> = numbers.into_iter().zip(extent.fetch(&ranges).await?).collect();
    // What is shorter than its object's catalog row says is nothing to keep.
    if fetched.iter().any(|(&number, bytes)| bytes.len() as u64 != length(number, extent)) {
        return Err(extent.damaged(Damage::Truncated));
    }
    let blocks: Vec<(BlockId, Bytes)> =
        fetched.iter().map(|(&number, bytes)| (extent.block(number), bytes.clone())).collect();
    let held = Arc::clone(cache);
    blocking(move || held.write(&blocks)).await;
    Ok(fetched)
}

fn parts(ranges: &[Range<u64>], extent: &ExtentReader) -> Vec<Part> {
    let block = block_bytes(extent.key.frames);
    let mut parts = Vec::new();
    for (place, range) in ranges.iter().enumerate() {
        for number in range.start / block..range.end.div_ceil(block) {
            let start = number * block;
            let end = range.end.min(start + block).min(extent.sealed_length);
            parts.push(Part { range: place, number, within: range.start.max(start) - start..end - start });
        }
    }
    parts
}

/// Of a block: all but the extent's last are whole.
fn length(number: u64, extent: &ExtentReader) -> u64 {
    let block = block_bytes(extent.key.frames);
    block.min(extent.sealed_length - number * block)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
