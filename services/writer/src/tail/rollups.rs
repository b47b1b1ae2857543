//! Summaries of the tail as rows, in the buckets a ticket asks for.

use crate::summarize::HashMap;
use arrow::{array::RecordBatch, error::ArrowError};
use naru_lake::rollup::{Grain, Kind, RowKey, Summary, rows};
use naru_writer_api::TailTicket;

use super::summaries;

/// Does the ticket ask for this kind in this bucket of 10 s?
pub(crate) fn wants(ticket: &TailTicket, kind: Kind, at_ns: i64) -> bool {
    let is_wanted = ticket.kinds.is_empty() || ticket.kinds.contains(&kind.code());
    is_wanted && ticket.from_ns <= at_ns && at_ns < ticket.to_ns
}

/// All columns of the lake's table, in no order of rows.
pub(crate) fn rollup_rows(
    ticket: &TailTicket,
    summary: &summaries::Summary,
) -> Result<RecordBatch, ArrowError> {
    let grain = Grain::of(ticket.table);
    let mut merged: HashMap<RowKey, Summary> = HashMap::default();
    for frozen in summary {
        frozen.add_to(&mut merged, grain, |kind, at_ns| wants(ticket, kind, at_ns));
    }
    let mut builder = rows::Builder::default();
    for (key, summary) in &merged {
        builder.push(key.kind, key.at_ns, &key.service, &key.name, summary);
    }
    builder.finish()
}
