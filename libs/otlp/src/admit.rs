//! A request becomes entries: counted and validated on the wire, cut at item boundaries, each with its id.
//!
//! Gateway and writer share the rules in [`Rules::judge_span`] and its neighbours: what the gateway let through the
//! writer stores.

mod check;
mod cut;
mod entry_id;
mod rules;

use bytes::Bytes;
use naru_ids::ProjectId;
use naru_signal::Signal;

pub use entry_id::{EntryId, entry_id};
pub use rules::{Rejections, Rules, Why};

use crate::{
    view::{Group, LogView, MetricView, SpanView, for_each_group},
    wire::WireError,
};
use check::{check_log, check_point, check_resource, check_scope, check_span};
use cut::Cutter;

/// Raw bytes of one entry: eight fit into one NATS message even if nothing compresses.
pub const ENTRY_BYTES_MAX: usize = 512 * 1024;
/// One span, metric or log record. Larger ones are rejected, the rest of the request stored.
pub const ITEM_BYTES_MAX: usize = 1024 * 1024;
/// Items, attributes, array members, events and links of one request. 64 MiB of sensible telemetry holds about 2 M;
/// a bomb of empty elements would hold 32 M.
pub const ELEMENTS_MAX: u64 = 4_000_000;

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
    let mut rejections = Rejections::default();
    let (mut elements, mut newest_ns) = (0, 0);
    let mut last: Option<Group<'_>> = None;
    for_each_group(request, |group| -> Result<(), RefusedRequest> {
        if !last.is_some_and(|last| last.shares_resource_with(&group)) {
            check_resource(&group, &mut elements)?;
        }
        last = Some(group);
        check_scope(&group, &mut elements)?;
        bounded(elements)?;
        let head_is_too_large = !cutter.begin(group)?;
        for item in group.items() {
            let item = item?;
            let judged = judge(signal, item, rules, &mut elements)?;
            bounded(elements)?;
            match head_is_too_large.then_some(Why::TooLarge).or(judged.why) {
                Some(why) => {
                    rejections.add(why, judged.count);
                    cutter.leave_out(item);
                }
                None => {
                    newest_ns = newest_ns.max(judged.newest_ns);
                    cutter.take(item, judged.count);
                }
            }
        }
        Ok(())
    })?;
    let pieces = cutter.finish();
    let items = pieces.iter().map(|piece| u64::from(piece.items)).sum();
    let hash = entry_id::RequestHash::of(project, signal, request);
    let entries = pieces
        .into_iter()
        .map(|piece| Entry { id: hash.entry(piece.index), bytes: piece.bytes, items: piece.items })
        .collect();
    Ok(Admitted { entries, rejections, items, newest_ns })
}

fn bounded(elements: u64) -> Result<(), RefusedRequest> {
    if elements > ELEMENTS_MAX { Err(RefusedRequest::TooManyElements) } else { Ok(()) }
}

struct Judged {
    why: Option<Why>,
    /// Spans, data points or log records in this item.
    count: u32,
    newest_ns: u64,
}

fn judge(signal: Signal, item: &[u8], rules: &Rules, elements: &mut u64) -> Result<Judged, WireError> {
    *elements += 1;
    if item.len() > ITEM_BYTES_MAX {
        return too_large(signal, item, elements);
    }
    match signal {
        Signal::Traces => {
            check_span(item, elements)?;
            let span = SpanView::parse(item)?;
            Ok(Judged { why: rules.judge_span(&span), count: 1, newest_ns: span.end_ns })
        }
        Signal::Metrics => {
            let metric = MetricView::parse(item)?;
            let (mut count, mut newest_ns, mut why) = (0, 0, None);
            for point in metric.data.points() {
                count += 1;
                // A metric is rejected whole: SDKs give all points of one export the same time.
                let times = check_point(&metric.data, point?, elements)?;
                newest_ns = newest_ns.max(times.time_ns);
                why = why.or_else(|| rules.judge_time(times.time_ns));
            }
            Ok(Judged { why, count, newest_ns })
        }
        Signal::Logs => {
            check_log(item, elements)?;
            let log = LogView::parse(item)?;
            Ok(Judged { why: rules.judge_log(&log), count: 1, newest_ns: log.happened_ns() })
        }
    }
}

/// An item that is left out for its size is counted and not read: buckets of a histogram take eight times their bytes
/// when they are.
fn too_large(signal: Signal, item: &[u8], elements: &mut u64) -> Result<Judged, WireError> {
    let mut count = 1;
    if signal == Signal::Metrics {
        count = 0;
        for point in MetricView::parse(item)?.data.points() {
            point?;
            count += 1;
        }
        *elements += u64::from(count);
    }
    Ok(Judged { why: Some(Why::TooLarge), count, newest_ns: 0 })
}

#[cfg(test)]
mod tests;
