//! Summaries of the tail as rows, in the buckets a ticket asks for.

use arrow::{array::RecordBatch, error::ArrowError};
use naru_lake::rollup::{Grain, Kind, Sums};
use naru_writer_api::TailTicket;

use super::summaries;

/// Does the ticket ask for this kind in this bucket of 10 s?
pub(crate) fn wants(ticket: &TailTicket, kind: Kind, at_ns: i64) -> bool {
    let is_wanted = ticket.kinds.is_empty() || ticket.kinds.contains(&kind.code());
    is_wanted && ticket.from_ns <= at_ns && at_ns < ticket.to_ns
}

/// All columns of the lake's table.
pub(crate) fn rollup_rows(
    ticket: &TailTicket,
    summary: &summaries::Summary,
) -> Result<RecordBatch, ArrowError> {
    let mut sums = Sums::default();
    for frozen in summary {
        frozen.add_to(&mut sums, Grain::of(ticket.table), |kind, at_ns| wants(ticket, kind, at_ns));
    }
    sums.rows()
}
