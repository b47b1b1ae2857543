//! One task per partition: take it, replay it, keep its tail, cut it, let it go.
//!
//! Everything that changes a partition happens here, one thing at a time, except the cut, which runs beside it so that
//! new rows stay visible while old ones are written.

mod cycle;
mod leases;
mod ownership;
mod recall;
mod seen;
#[cfg(test)]
mod simulation;

use std::{sync::Arc, time::Duration};

use naru_lake::catalog::{commit, lease};
use naru_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

pub(crate) use leases::Leases;
use ownership::Inherited;
pub(crate) use seen::Seen;

use crate::{
    app::App,
    bus::{
        cursor::Broken,
        packs::Packs,
        stream::{self, StreamError},
    },
};

/// Another writer holds the partition, or something is away: look again after this long.
const RETRY: Duration = Duration::from_secs(1);
/// A person must act; the log says so again at this rate.
const HALTED_RETRY: Duration = Duration::from_secs(30);

/// Why a partition is not (or no longer) ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    #[error("another writer holds it")]
    Busy,
    #[error("its lease was lost to another writer")]
    Lost,
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error(
        "its pack at sequence {seq} is of a version this program does not know: {problem}; run a newer writer"
    )]
    PackVersion { seq: u64, problem: String },
    #[error(transparent)]
    Catalog(#[from] naru_lake::Error),
}

impl Ended {
    fn needs_a_person(&self) -> bool {
        match self {
            Self::PackVersion { .. } => true,
            Self::Stream(error) => !error.may_heal(),
            _ => false,
        }
    }

    /// The sequence that the bus should have had.
    fn gap(&self) -> Option<u64> {
        match self {
            Self::Broken(Broken::Gap { expected, .. }) => Some(*expected),
            _ => None,
        }
    }
}

/// Owns the partition whenever it can, until `stop`.
pub(crate) async fn run(app: Arc<App>, partition: u16, stop: CancellationToken) {
    let mut last_gap = None;
    while !stop.is_cancelled() {
        let ended = own(&app, partition, &stop).await;
        app.tails[usize::from(partition)].close();
        let Err(ended) = ended else { return };
        // Met again by a fresh reader, a hole is in the stream itself and will not heal.
        let gap = ended.gap();
        let halted = ended.needs_a_person() || (gap.is_some() && gap == last_gap);
        last_gap = gap;
        app.status.ended(partition, halted, matches!(ended, Ended::Busy));
        let wait = if halted {
            error!(partition, error = %chain(&ended), "partition {partition} is stopped until somebody acts");
            HALTED_RETRY
        } else {
            match &ended {
                Ended::Busy => {}
                Ended::Lost | Ended::Broken(_) => {
                    warn!(partition, error = %chain(&ended), "partition {partition} is let go");
                }
                _ => warn!(partition, error = %chain(&ended), "partition {partition} is not taken yet"),
            }
            RETRY
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// One ownership from takeover to its end; `Ok` when it ended because of `stop`, with everything committed if possible.
async fn own(app: &Arc<App>, partition: u16, stop: &CancellationToken) -> Result<(), Ended> {
    let bid = lease::Bid { owner: &app.owner, flight_url: &app.flight_url, ttl: leases::TTL };
    let taken = lease::take(&app.pool, partition, &bid).await?.ok_or(Ended::Busy)?;
    let held = app.leases.hold(partition, taken.epoch);
    let ended = async {
        let checked = stream::open(&app.bus.jetstream, partition, &taken).await?;
        if taken.stream_epoch.is_none()
            && !lease::remember_stream(&app.pool, partition, taken.epoch, checked.epoch).await?
        {
            return Err(Ended::Lost);
        }
        let seen = Seen::new(commit::recent_entries(&app.pool, partition).await?);
        let summaries = recall::summaries(app, partition).await?;
        let packs = Packs::new(checked.stream, checked.epoch, taken.committed_seq + 1);
        info!(
            partition,
            epoch = taken.epoch,
            seq = taken.committed_seq,
            "partition {partition} is ours, epoch {}, stored through {}, {} packs to replay",
            taken.epoch,
            taken.committed_seq,
            checked.last_seq - taken.committed_seq
        );
        app.status.taken(partition);
        let inherited = Inherited { replay_through: checked.last_seq, seen, summaries };
        cycle::Cycle::new(app, partition, &taken, packs, inherited, held.lost()).run(stop).await
    }
    .await;
    app.tails[usize::from(partition)].close();
    drop(held);
    if let Err(error) = lease::release(&app.pool, partition, taken.epoch).await {
        warn!(partition, error = %chain(&error), "the lease of partition {partition} runs out by itself");
    }
    ended
}
