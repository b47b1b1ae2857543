//! One ownership of a partition: packs in, cuts out.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use naru_lake::catalog::lease::Taken;
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{Ended, Seen};
use crate::{
    app::App,
    bus::packs::{PackMessage, Packs},
    decode::{self, Decoded},
    flush::{CutEnd, Ledger},
    tail::{PartitionTail, Summaries},
};

/// While there is no memory for this partition: look again after this long whether some tail was cut.
const FULL_RETRY: Duration = Duration::from_millis(50);
/// What is left of the 15 s of a stop, after the rest of the process has had its share.
const FINISH_MAX: Duration = Duration::from_secs(12);

pub(super) struct Cycle<'a> {
    app: &'a Arc<App>,
    tail: Arc<PartitionTail>,
    partition: u16,
    /// The tail is complete once this sequence is in it.
    replay_through: u64,
    packs: Packs,
    /// Shared with the blocking thread that decodes; nobody else looks.
    seen: Arc<Mutex<Seen>>,
    ledger: Ledger,
    lost: CancellationToken,
    /// When the oldest row of the next cut is due.
    cut_at: Option<Instant>,
    cutting: Option<Cutting>,
}

/// Where an ownership goes on.
pub(super) struct Start {
    /// What was on the bus at takeover ends with this sequence.
    pub(super) replay_through: u64,
    pub(super) packs: Packs,
    pub(super) seen: Seen,
    pub(super) summaries: Summaries,
}

/// A cut under way beside us.
struct Cutting {
    task: JoinHandle<CutEnd>,
    ids: Vec<u128>,
    give_up: CancellationToken,
}

impl Drop for Cutting {
    fn drop(&mut self) {
        self.give_up.cancel();
    }
}

impl<'a> Cycle<'a> {
    pub(super) fn new(
        app: &'a Arc<App>,
        partition: u16,
        taken: Taken,
        start: Start,
        lost: CancellationToken,
    ) -> Self {
        let Start { replay_through, packs, seen, summaries } = start;
        let tail = Arc::clone(&app.tails[usize::from(partition)]);
        let is_replaying = replay_through > taken.committed_seq;
        tail.open(taken.epoch, taken.committed_seq, is_replaying, summaries);
        Self {
            app,
            tail,
            partition,
            replay_through,
            packs,
            seen: Arc::new(Mutex::new(seen)),
            ledger: Ledger::default(),
            lost,
            cut_at: None,
            cutting: None,
        }
    }

    /// Until `stop`, then commits what there is.
    pub(super) async fn run(mut self, stop: &CancellationToken) -> Result<(), Ended> {
        loop {
            if self.is_cut_due() {
                self.begin_cut();
            }
            let may_pull = self.app.budget.may_pull(self.tail.bytes());
            let cut_at = self.cut_at.filter(|_| self.cutting.is_none());
            tokio::select! {
                biased;
                () = stop.cancelled() => return self.finish().await,
                () = self.lost.cancelled() => return Err(Ended::Lost),
                end = ended(&mut self.cutting), if self.cutting.is_some() => self.end_cut(end)?,
                () = tokio::time::sleep_until(cut_at.unwrap_or_else(Instant::now)), if cut_at.is_some() => {}
                () = tokio::time::sleep(FULL_RETRY), if !may_pull => {}
                pack = self.packs.next(), if may_pull => self.take(pack?).await?,
            }
        }
    }

    /// Makes a pack's rows visible, and notes what their cut must say.
    async fn take(&mut self, pack: PackMessage) -> Result<(), Ended> {
        let seq = pack.seq;
        let (seen, tail, app) = (Arc::clone(&self.seen), Arc::clone(&self.tail), Arc::clone(self.app));
        let task = tokio::task::spawn_blocking(move || {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let Decoded { rows, ledger } = decode::pack(seq, &pack.payload, &mut seen)?;
            let points = app.live.points_of(&rows, app.clock.now());
            tail.append(seq, rows);
            Ok((ledger, points))
        });
        let (ledger, points) = match task.await {
            Ok(taken) => taken.map_err(|problem| Ended::PackVersion { seq, problem })?,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        // Queryable first, told second.
        for ((tenant, project), points) in points {
            self.app.live.push(tenant, project, points);
        }
        self.ledger.absorb(ledger);
        self.cut_at.get_or_insert_with(|| Instant::now() + self.app.cut_interval);
        if seq >= self.replay_through {
            self.tail.caught_up();
        }
        Ok(())
    }

    fn is_cut_due(&self) -> bool {
        if self.cutting.is_some() {
            return false;
        }
        self.cut_at.is_some_and(|at| at <= Instant::now()) || self.must_make_room()
    }

    fn must_make_room(&self) -> bool {
        self.cut_at.is_some() && self.app.budget.asks_for_a_cut(self.tail.bytes())
    }

    fn begin_cut(&mut self) {
        self.cut_at = None;
        let Some(frozen) = self.tail.freeze() else { return };
        let ledger = std::mem::take(&mut self.ledger);
        let ids = ledger.entries.iter().map(|&(id, _)| id).collect();
        let give_up = CancellationToken::new();
        let cut = self.app.cutter.clone().run(self.partition, frozen, ledger, give_up.clone());
        self.cutting = Some(Cutting { task: tokio::spawn(cut), ids, give_up });
    }

    fn end_cut(&mut self, end: CutEnd) -> Result<(), Ended> {
        let cutting = self.cutting.take();
        match end {
            CutEnd::Committed { last_seq } => {
                self.tail.committed(last_seq);
                let ids = cutting.map(|mut cutting| std::mem::take(&mut cutting.ids)).unwrap_or_default();
                self.seen.lock().unwrap_or_else(PoisonError::into_inner).committed(ids);
                self.app.committed.notify_one();
                Ok(())
            }
            CutEnd::Fenced | CutEnd::Abandoned => Err(Ended::Lost),
        }
    }

    /// Commits everything decoded so far. What doesn't get there in time is on the bus, and will be replayed.
    async fn finish(mut self) -> Result<(), Ended> {
        let partition = self.partition;
        let all = async {
            if self.cutting.is_some() {
                let end = ended(&mut self.cutting).await;
                self.end_cut(end)?;
            }
            self.begin_cut();
            if self.cutting.is_some() {
                let end = ended(&mut self.cutting).await;
                self.end_cut(end)?;
            }
            Ok(())
        };
        match tokio::time::timeout(FINISH_MAX, all).await {
            Ok(done) => done,
            Err(_) => {
                warn!(
                    partition,
                    "partition {partition} stops with rows that only the bus has; they will be replayed"
                );
                Ok(())
            }
        }
    }
}

/// Waits for the cut under way; forever when there is none.
async fn ended(cutting: &mut Option<Cutting>) -> CutEnd {
    let Some(cutting) = cutting.as_mut() else { return std::future::pending().await };
    match (&mut cutting.task).await {
        Ok(end) => end,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
