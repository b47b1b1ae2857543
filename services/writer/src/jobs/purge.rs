//! The bus behind the committed sequence: kept for an hour for replay, but never more than a quarter of the cap.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use async_nats::jetstream::{Context, stream::State};
use naru_ingest_api::stream_name;
use naru_writer_api::TailState;

const KEEP: Duration = Duration::from_secs(3_600);
/// Kept behind the committed sequence: at most one part in this many of the stream's cap.
const KEEP_PART_OF_CAP: u64 = 4;

/// When each partition was committed through which sequence. Lost at a restart: then the hour begins anew, and the
/// quarter of the cap still holds.
#[derive(Debug, Default)]
pub(super) struct Marks(HashMap<u16, VecDeque<(Instant, u64)>>);

impl Marks {
    /// Notes where the partition is, and answers where it was an hour ago, if that is known.
    fn note(&mut self, partition: u16, committed_seq: u64, now: Instant) -> Option<u64> {
        let marks = self.0.entry(partition).or_default();
        marks.push_back((now, committed_seq));
        let mut hour_ago = None;
        while marks.front().is_some_and(|(at, _)| now.duration_since(*at) >= KEEP) {
            hour_ago = marks.pop_front().map(|(_, seq)| seq);
        }
        hour_ago
    }
}

/// Purges what is neither needed nor kept. Never past the committed sequence.
pub(super) async fn behind(jetstream: &Context, marks: &mut Marks, tail: &TailState) -> anyhow::Result<()> {
    let hour_ago = marks.note(tail.partition, tail.committed_seq, Instant::now());
    let stream = jetstream.get_stream(stream_name(tail.partition)).await?;
    let info = stream.cached_info();
    let by_size = purge_for_size(&info.state, info.config.max_bytes, tail.committed_seq);
    let through = hour_ago.max(by_size).unwrap_or(0).min(tail.committed_seq);
    if through >= info.state.first_sequence && info.state.messages > 0 {
        // Purges below the given sequence, which stays.
        stream.purge().sequence(through + 1).await?;
        metrics::counter!("writer_packs_purged_total").increment(through + 1 - info.state.first_sequence);
    }
    Ok(())
}

/// Through which sequence to purge so that about a quarter of the cap remains behind `committed_seq`; packs count as
/// equally large.
fn purge_for_size(state: &State, bytes_max: i64, committed_seq: u64) -> Option<u64> {
    let keep_bytes = u64::try_from(bytes_max).ok().filter(|bytes| *bytes > 0)? / KEEP_PART_OF_CAP;
    if state.messages == 0 || committed_seq < state.first_sequence {
        return None;
    }
    let message_bytes = (state.bytes / state.messages).max(1);
    let behind = committed_seq + 1 - state.first_sequence;
    let keep = keep_bytes / message_bytes;
    (behind > keep).then(|| committed_seq - keep)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_marks_is_kept() {
        let Some(start) = Instant::now().checked_sub(2 * KEEP) else { return };
        let mut marks = Marks::default();
        assert_eq!(marks.note(0, 10, start), None);
        assert_eq!(marks.note(0, 20, start + KEEP / 2), None);
        assert_eq!(marks.note(0, 30, start + KEEP), Some(10));
        assert_eq!(marks.note(0, 40, start + 2 * KEEP), Some(30));
    }
}
