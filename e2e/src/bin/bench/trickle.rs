//! Spans that go on coming while questions are asked, so that each is answered from segments and from the live tail
//! together, as it is for anybody whose applications run.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use anyhow::{Context, ensure};
use naru_e2e::{Stack, Tenant, faults::eventually};
use naru_load::{
    corpus::Corpus,
    drive::{Plan, Progress, drive},
    ledger::Ledger,
};
use tokio::task::JoinHandle;

use crate::load;

/// Some hundredths of a core: questions are timed, not what they have to share it with.
const SPANS_PER_S: f64 = 2_000.0;
/// Longer than any questions take.
const LASTS: Duration = Duration::from_secs(3_600);
const SETTLE: Duration = Duration::from_secs(60);
/// Requests of a trickle are numbered from here and its turn on: no span has the id of another trickle's or of the load's.
const NUMBERS: u64 = 1 << 32;

pub(crate) struct Trickle {
    progress: Arc<Progress>,
    driving: JoinHandle<anyhow::Result<()>>,
}

impl Trickle {
    /// Of the tenant who will ask, and like what the tenant has sent: `corpus` is that of the load. Returns when query finds
    /// its first trace, which is in the tail then. `turn` is 1 or more, and no other trickle's of this tenant.
    pub(crate) async fn begin(
        stack: &Stack,
        tenant: &Tenant,
        corpus: &Arc<Corpus>,
        turn: u64,
    ) -> anyhow::Result<Self> {
        let fleet = load::fleet(&stack.status()?, tenant)?;
        let plan = Plan {
            first_request: turn * NUMBERS,
            requests_per_s: SPANS_PER_S / corpus.items_per_request(),
            duration: LASTS,
            settle: SETTLE,
        };
        let first = corpus.first_trace(plan.first_request).context("a request has traces")?;
        let progress = Arc::new(Progress::default());
        let ledger = Arc::new(Ledger::nowhere());
        let driving =
            tokio::spawn(drive(plan, Arc::clone(corpus), fleet.into(), ledger, Arc::clone(&progress)));
        let query = crate::query(stack, tenant)?;
        let path = format!("/api/v1/projects/{}/traces/{first:032x}", tenant.project);
        eventually("the trickle is in the tail", || async {
            query.get(&path).await.is_ok_and(|answer| answer.status == 200)
        })
        .await?;
        Ok(Self { progress, driving })
    }

    /// How many spans came. Fails when they did not come steadily: then the tail was not what it should have been.
    pub(crate) async fn end(self) -> anyhow::Result<u64> {
        ensure!(!self.driving.is_finished(), "the trickle ended before the questions did");
        self.progress.stop.store(true, Ordering::Relaxed);
        self.driving.await??;
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let (rejected, held_back) = (count(&self.progress.rejected), count(&self.progress.held_back));
        ensure!(
            rejected == 0 && held_back == 0,
            "of the trickle {rejected} requests were rejected and {held_back} held back"
        );
        Ok(count(&self.progress.acknowledged_items))
    }
}
