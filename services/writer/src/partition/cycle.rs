//! One ownership of a partition: packs in, cuts out. Here is what waits; what is decided lies in [`super::ownership`].

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use naru_lake::catalog::lease::Taken;
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{
    Ended,
    ownership::{Inherited, Ownership},
};
use crate::{
    app::App,
    bus::packs::{PackMessage, Packs},
    flush::CutEnd,
    tail::PartitionTail,
};

/// While there is no memory for this partition: look again after this long whether some tail was cut.
const FULL_RETRY: Duration = Duration::from_millis(50);
/// What is left of the 15 s of a stop, after the rest of the process has had its share.
const FINISH_MAX: Duration = Duration::from_secs(12);

pub(super) struct Cycle<'a> {
    app: &'a Arc<App>,
    tail: Arc<PartitionTail>,
    partition: u16,
    packs: Packs,
    /// Shared with the blocking thread that decodes; nobody else looks.
    ownership: Arc<Mutex<Ownership>>,
    lost: CancellationToken,
    /// When the oldest row of the next cut is due.
    cut_at: Option<Instant>,
    cutting: Option<Cutting>,
}

/// A cut under way beside us.
struct Cutting {
    task: JoinHandle<CutEnd>,
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
        taken: &Taken,
        packs: Packs,
        inherited: Inherited,
        lost: CancellationToken,
    ) -> Self {
        let tail = Arc::clone(&app.tails[usize::from(partition)]);
        let ownership = Ownership::begin(Arc::clone(&tail), taken, inherited);
        let ownership = Arc::new(Mutex::new(ownership));
        Self { app, tail, partition, packs, ownership, lost, cut_at: None, cutting: None }
    }

    /// Until `stop`, then commits what there is.
    pub(super) async fn run(mut self, stop: &CancellationToken) -> Result<(), Ended> {
        loop {
            if self.is_cut_due() {
                self.begin_cut();
            }
            let may_pull = self.app.budget.may_pull(|| self.tail.bytes());
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

    async fn take(&mut self, pack: PackMessage) -> Result<(), Ended> {
        let (ownership, app) = (Arc::clone(&self.ownership), Arc::clone(self.app));
        let task = tokio::task::spawn_blocking(move || {
            let rows = ownership.lock().unwrap_or_else(PoisonError::into_inner).take(&pack)?;
            Ok::<_, Ended>(app.live.points_of(&rows, app.clock.now()))
        });
        let points = match task.await {
            Ok(taken) => taken?,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        // Queryable first, told second.
        for ((tenant, project), points) in points {
            self.app.live.push(tenant, project, points);
        }
        self.cut_at.get_or_insert_with(|| Instant::now() + self.app.cut_interval);
        Ok(())
    }

    fn is_cut_due(&self) -> bool {
        if self.cutting.is_some() {
            return false;
        }
        self.cut_at.is_some_and(|at| at <= Instant::now()) || self.must_make_room()
    }

    fn must_make_room(&self) -> bool {
        self.cut_at.is_some() && self.app.budget.asks_for_a_cut(|| self.tail.bytes())
    }

    fn begin_cut(&mut self) {
        self.cut_at = None;
        let Some((frozen, ledger)) = self.ownership().begin_cut() else { return };
        let give_up = CancellationToken::new();
        let cut = self.app.cutter.clone().run(self.partition, frozen, ledger, give_up.clone());
        self.cutting = Some(Cutting { task: tokio::spawn(cut), give_up });
    }

    fn end_cut(&mut self, end: CutEnd) -> Result<(), Ended> {
        self.cutting = None;
        self.ownership().end_cut(end)?;
        self.app.committed.notify_one();
        Ok(())
    }

    fn ownership(&self) -> MutexGuard<'_, Ownership> {
        self.ownership.lock().unwrap_or_else(PoisonError::into_inner)
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
