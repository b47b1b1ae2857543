//! Calls in partitions where nothing comes any more: no later row says that they have waited long enough, and they would keep
//! their places from projects of other partitions.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use naru_writer_api::TailState;

use crate::{
    summarize::{KEPT_MS, WaitingRoom},
    tail::PartitionTail,
};

/// As long as ends wait at most.
const SILENCE: Duration = Duration::from_millis(KEPT_MS.unsigned_abs());

/// Through which sequence each partition was when that was last seen to change.
#[derive(Debug, Default)]
pub(super) struct Silence(HashMap<u16, (u64, Instant)>);

impl Silence {
    /// Has nothing come for as long as an end waits?
    fn note(&mut self, state: &TailState, now: Instant) -> bool {
        let (seq, since) = self.0.entry(state.partition).or_insert((state.through_seq, now));
        if *seq != state.through_seq {
            (*seq, *since) = (state.through_seq, now);
        }
        now.duration_since(*since) >= SILENCE
    }
}

/// Lets calls of silent partitions go when others need their places. While nobody does, they wait: the bus may be away, and
/// have the answers.
pub(super) fn let_go<'a>(
    silence: &mut Silence,
    tails: impl IntoIterator<Item = &'a PartitionTail>,
    room: &WaitingRoom,
    now: Instant,
) {
    for tail in tails {
        let Some(state) = tail.state() else { continue };
        if silence.note(&state, now) && room.is_scarce() {
            tail.let_calls_go();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use naru_ids::{ProjectId, TenantId, UnixMs};
    use naru_signal::Signal;
    use opentelemetry_proto::tonic::{
        collector::trace::v1::ExportTraceServiceRequest,
        trace::v1::{ResourceSpans, ScopeSpans, Span},
    };
    use prost::Message;

    use super::*;
    use crate::{
        decode,
        summarize::END_BYTES,
        tail::{Budget, Summaries, TableKey},
    };

    /// A partition's tail with as many calls.
    fn tail(partition: u16, calls: u64, room: &Arc<WaitingRoom>) -> PartitionTail {
        let tail = PartitionTail::new(partition, Arc::new(Budget::new(1 << 20, 2)));
        tail.open(1, 0, false, Summaries::new(1, Arc::clone(room), Arc::default()));
        let span = |number: u64| Span {
            trace_id: vec![1; 16],
            span_id: number.to_be_bytes().to_vec(),
            kind: 3,
            ..Span::default()
        };
        let scope_spans =
            vec![ScopeSpans { spans: (1..=calls).map(span).collect(), ..ScopeSpans::default() }];
        let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
        let request = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let rows = decode::request(Signal::Traces, request.into(), 1_795_000_000_000).unwrap();
        let (tenant, project) = (TenantId::new(UnixMs(1)), ProjectId::new(UnixMs(partition.into())));
        tail.append(1, vec![(TableKey { tenant, project, signal: Signal::Traces }, rows)]);
        tail
    }

    #[test]
    fn calls_of_a_silent_partition_leave_when_their_places_are_needed() {
        let Some(start) = Instant::now().checked_sub(3 * SILENCE) else { return };
        let room = Arc::new(WaitingRoom::new(40 * END_BYTES));
        let mut silence = Silence::default();
        let silent = tail(0, 20, &room);
        let_go(&mut silence, [&silent], &room, start);
        let_go(&mut silence, [&silent], &room, start + SILENCE);
        assert!(!room.is_empty(), "nobody needs their places");

        let busy = tail(1, 15, &room);
        assert!(room.is_scarce(), "five of its calls found no place");
        let_go(&mut silence, [&busy, &silent], &room, start + SILENCE);
        assert!(!room.is_scarce() && !room.is_empty(), "those of the other stay");

        busy.close();
        assert!(room.is_empty());
    }
}
