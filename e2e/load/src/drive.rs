//! Sends requests when they are due, whatever became of those before, and resends identical bytes until each is answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    corpus::Corpus,
    fleet::Fleet,
    latency::Latency,
    ledger::{Ledger, Line},
    send::Answer,
};

/// Requests waiting for an answer at one time: so that a server that hangs does not take our memory. Whoever reaches it
/// is told ([`Progress::held_back`]), since from then on the server sets the pace.
const IN_FLIGHT_MAX: usize = 1_024;
/// A server may ask for longer, but a test must not sleep through its own faults.
const PAUSE_MAX: Duration = Duration::from_secs(2);
const PAUSE_DEFAULT: Duration = Duration::from_millis(200);

/// What to send, and for how long.
#[derive(Debug, Clone)]
pub struct Plan {
    pub first_request: u64,
    pub requests_per_s: f64,
    pub duration: Duration,
    /// After the last send, unanswered requests are resent for at most this long; then they stay `unknown`.
    pub settle: Duration,
}

#[derive(Debug, Default)]
pub struct Progress {
    pub sent: AtomicU64,
    /// Spans, data points and log records.
    pub acknowledged_items: AtomicU64,
    pub rejected: AtomicU64,
    pub resends: AtomicU64,
    /// Requests that were due while too many others waited.
    pub held_back: AtomicU64,
    /// Protobuf bytes of what was acknowledged, before compression.
    pub acknowledged_bytes: AtomicU64,
    /// Of every request, from when it was due until it was acknowledged, rejected or given up.
    pub latency: Latency,
    /// Set from outside to end before `duration`.
    pub stop: AtomicBool,
}

/// Everything a request needs on its way.
struct Errand {
    corpus: Arc<Corpus>,
    fleet: Arc<Fleet>,
    ledger: Arc<Ledger>,
    progress: Arc<Progress>,
    give_up: Instant,
}

/// Runs `plan` with the tenants and endpoints of `fleet`, which share one ledger.
pub async fn drive(
    plan: Plan,
    corpus: Arc<Corpus>,
    fleet: Arc<Fleet>,
    ledger: Arc<Ledger>,
    progress: Arc<Progress>,
) -> anyhow::Result<()> {
    let permits = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    let started = Instant::now();
    let errand = Arc::new(Errand {
        corpus,
        fleet,
        ledger,
        progress: Arc::clone(&progress),
        give_up: started + plan.duration + plan.settle,
    });
    let mut running = JoinSet::new();
    for turn in 0_u32.. {
        let due = started + Duration::from_secs_f64(f64::from(turn) / plan.requests_per_s.max(0.01));
        if due >= started + plan.duration || progress.stop.load(Ordering::Relaxed) {
            break;
        }
        sleep_until(due).await;
        if permits.available_permits() == 0 {
            progress.held_back.fetch_add(1, Ordering::Relaxed);
        }
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let (errand, request) = (Arc::clone(&errand), plan.first_request + u64::from(turn));
        running.spawn(async move {
            let _permit = permit;
            errand.deliver(request, due).await
        });
        while let Some(done) = running.try_join_next() {
            done??;
        }
    }
    while let Some(done) = running.join_next().await {
        done??;
    }
    Ok(())
}

impl Errand {
    async fn deliver(&self, request: u64, due: Instant) -> anyhow::Result<()> {
        let Self { ledger, progress, .. } = self;
        let base_ms = now_ms();
        let body = self.corpus.body(request, base_ms);
        let (tenant, sender) = self.fleet.pick(request);
        ledger.write(&Line::Send { request, base_ms, tenant, signal: body.signal, items: body.items })?;
        progress.sent.fetch_add(1, Ordering::Relaxed);
        for attempts in 1.. {
            match sender.send(&body).await {
                Answer::Acknowledged => {
                    let elapsed = due.elapsed();
                    progress.latency.add(elapsed);
                    progress.acknowledged_items.fetch_add(body.items.into(), Ordering::Relaxed);
                    progress.acknowledged_bytes.fetch_add(body.bytes.len() as u64, Ordering::Relaxed);
                    let ms = elapsed.as_secs_f64() * 1e3;
                    return ledger.write(&Line::Acknowledged { request, attempts, ms });
                }
                Answer::Rejected { status } => {
                    progress.latency.add(due.elapsed());
                    progress.rejected.fetch_add(1, Ordering::Relaxed);
                    return ledger.write(&Line::Rejected { request, status });
                }
                Answer::Again { after, .. } => {
                    if Instant::now() > self.give_up {
                        // Who hangs is not fast.
                        progress.latency.add(due.elapsed());
                        return Ok(());
                    }
                    progress.resends.fetch_add(1, Ordering::Relaxed);
                    sleep(after.unwrap_or(PAUSE_DEFAULT).min(PAUSE_MAX)).await;
                }
            }
        }
        Ok(())
    }
}

/// The wall clock: spans carry real times.
#[must_use]
pub fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}
