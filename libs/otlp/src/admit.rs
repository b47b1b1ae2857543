//! A request becomes entries: counted and validated on the wire, cut at item boundaries, each with its id.
//!
//! Gateway and writer share the rules in [`Rules::judge_span`] and its neighbours: what the gateway let through the
//! writer stores.

mod check;
mod cut;
mod entry_id;
mod judge;
mod metric;
mod rules;
mod tally;

use bytes::Bytes;
use naru_ids::ProjectId;
use naru_signal::Signal;

pub use entry_id::{EntryId, entry_id};
pub use rules::{Rejections, Rules, Why};
pub use tally::{ELEMENTS_MAX, ITEM_ELEMENTS_MAX, NAME_BYTES_MAX};

use crate::{view::for_each_group, wire::WireError};
use cut::Cutter;
use judge::Judge;
use tally::Tally;

/// Raw bytes of one entry: eight fit into one NATS message even if nothing compresses.
pub const ENTRY_BYTES_MAX: usize = 512 * 1024;
/// One span, metric or log record. Larger ones are rejected, the rest of the request stored.
pub const ITEM_BYTES_MAX: usize = 1024 * 1024;

/// What of a request is stored.
#[derive(Debug)]
pub struct Admitted {
    pub entries: Vec<Entry>,
    pub rejections: Rejections,
    /// Spans, data points or log records in all entries.
    pub items: u64,
    /// The newest time in the request (span ends, point times, log times); 0 without any. For the clock offset.
    pub newest_ns: u64,
}

/// One piece of a request: a valid OTLP request of its own.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: EntryId,
    pub bytes: Bytes,
    pub items: u32,
}

/// Why a whole request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedRequest {
    #[error("not an OTLP request: {0}")]
    Malformed(#[from] WireError),
    #[error("more than {ELEMENTS_MAX} spans, attributes, events and links in one request")]
    TooManyElements,
}

/// Counts, judges and cuts. `request` is decompressed protobuf.
///
/// Ids depend on project, signal, the whole request and a piece's place in it, so the same bytes sent again have the
/// same ids, whichever gateway they meet.
pub fn admit(
    project: ProjectId,
    signal: Signal,
    request: &Bytes,
    rules: &Rules,
) -> Result<Admitted, RefusedRequest> {
    let mut cutter = Cutter::new(request);
    let mut judge = Judge::new(signal, rules);
    for_each_group(request, |group| -> Result<(), RefusedRequest> {
        judge.begin(group)?;
        if !cutter.begin(group)? {
            judge.leave_out_group();
        }
        for item in group.items() {
            let item = item?;
            match judge.see(item)? {
                Some(stored) => cutter.take(item, stored),
                None => cutter.leave_out(item),
            }
        }
        Ok(())
    })?;
    let Judge { rejections, newest_ns, .. } = judge;
    let pieces = cutter.finish();
    let items = pieces.iter().map(|piece| u64::from(piece.items)).sum();
    let hash = entry_id::RequestHash::of(project, signal, request);
    let entries = pieces
        .into_iter()
        .map(|piece| Entry { id: hash.entry(piece.index), bytes: piece.bytes, items: piece.items })
        .collect();
    Ok(Admitted { entries, rejections, items, newest_ns })
}

#[cfg(test)]
mod tests;
