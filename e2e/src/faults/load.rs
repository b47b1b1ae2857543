//! What a tenant sends while things go wrong, and its ledger.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use naru_load::{
    corpus::{Corpus, Shape},
    drive::{Plan, Progress, drive, now_ms},
    fleet::Fleet,
    ledger::{Ledger, Line},
};
use tokio::task::JoinHandle;

use crate::{Stack, Tenant, senders, sign_up};

/// Longer than any outage of a run: afterwards a request without an answer stays without one.
const SETTLE: Duration = Duration::from_secs(90);
const TIMEOUT: Duration = Duration::from_secs(10);

/// Requests of all signals.
#[derive(Debug, Clone)]
pub struct Traffic {
    pub seed: u64,
    pub requests_per_s: f64,
    pub traces_per_request: usize,
}

impl Traffic {
    /// What these requests hold.
    #[must_use]
    pub fn corpus(&self) -> Corpus {
        let Self { seed, traces_per_request, .. } = *self;
        Corpus::of(Shape {
            seed,
            traces_per_request,
            with_metrics: true,
            with_logs: true,
            ..Shape::default()
        })
    }
}

/// Ends when it has lasted for long enough, or at [`Self::end`].
pub(super) struct Load {
    pub(super) tenant: Tenant,
    pub(super) corpus: Arc<Corpus>,
    pub(super) ledger: PathBuf,
    first_ms: u64,
    progress: Arc<Progress>,
    driving: JoinHandle<anyhow::Result<()>>,
}

/// A load that has ended.
pub(super) struct Done {
    pub(super) tenant: Tenant,
    pub(super) corpus: Arc<Corpus>,
    pub(super) ledger: PathBuf,
    pub(super) first_ms: u64,
    pub(super) resends: u64,
}

impl Load {
    pub(super) async fn begin(stack: &Stack, traffic: &Traffic, within: Duration) -> anyhow::Result<Self> {
        let status = stack.status()?;
        let tenant = sign_up(&status, "ledger-co").await?;
        let path = stack.data().join("ledger.jsonl");
        let corpus = Arc::new(traffic.corpus());
        let ledger = Ledger::open(&path)?;
        ledger.write(&Line::Corpus(corpus.shape().clone()))?;
        let first_ms = now_ms();
        let plan = Plan {
            first_request: 0,
            requests_per_s: traffic.requests_per_s,
            duration: within,
            settle: SETTLE,
        };
        let fleet = Arc::new(Fleet::of_one(senders(&status, &tenant.license_key, TIMEOUT)?));
        let progress = Arc::new(Progress::default());
        let driving =
            tokio::spawn(drive(plan, Arc::clone(&corpus), fleet, Arc::new(ledger), Arc::clone(&progress)));
        Ok(Self { tenant, corpus, ledger: path, first_ms, progress, driving })
    }

    /// Items so far.
    pub(super) fn acknowledged(&self) -> u64 {
        self.progress.acknowledged_items.load(Ordering::Relaxed)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.driving.is_finished()
    }

    /// Sends no more, and waits until all that was sent is answered or given up.
    pub(super) async fn end(self) -> anyhow::Result<Done> {
        let Self { tenant, corpus, ledger, first_ms, progress, driving } = self;
        progress.stop.store(true, Ordering::Relaxed);
        driving.await??;
        Ok(Done { tenant, corpus, ledger, first_ms, resends: progress.resends.load(Ordering::Relaxed) })
    }
}
