//! Sends requests at a steady rate until told to stop, and resends identical bytes until each is answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tokio::{sync::Semaphore, task::JoinSet, time::MissedTickBehavior};

use crate::{
    corpus::Corpus,
    ledger::{Ledger, Line},
    send::{Answer, Sender},
};

/// Requests waiting for an answer at one time. More only makes a queue in the client.
const IN_FLIGHT_MAX: usize = 32;
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
    pub acknowledged_spans: AtomicU64,
    pub rejected: AtomicU64,
    pub resends: AtomicU64,
    /// Set from outside to end before `duration`.
    pub stop: AtomicBool,
}

/// Runs `plan` over `senders` in turn (so that HTTP and gRPC share one ledger).
pub async fn drive(
    plan: Plan,
    corpus: Arc<Corpus>,
    senders: Arc<Vec<Sender>>,
    ledger: Arc<Ledger>,
    progress: Arc<Progress>,
) -> anyhow::Result<()> {
    let permits = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(1.0 / plan.requests_per_s.max(0.01)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let started = Instant::now();
    let give_up = started + plan.duration + plan.settle;
    let mut running = JoinSet::new();
    let mut number = plan.first_request;
    while started.elapsed() < plan.duration && !progress.stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        let permit = Arc::clone(&permits).acquire_owned().await?;
        let (corpus, senders) = (Arc::clone(&corpus), Arc::clone(&senders));
        let (ledger, progress) = (Arc::clone(&ledger), Arc::clone(&progress));
        let request = number;
        number += 1;
        running.spawn(async move {
            let _permit = permit;
            deliver(request, give_up, &corpus, &senders, &ledger, &progress).await
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

async fn deliver(
    request: u64,
    give_up: Instant,
    corpus: &Corpus,
    senders: &[Sender],
    ledger: &Ledger,
    progress: &Progress,
) -> anyhow::Result<()> {
    let base_ms = now_ms();
    let body = corpus.body(request, base_ms);
    ledger.write(&Line::Send { request, base_ms, spans: body.spans })?;
    progress.sent.fetch_add(1, Ordering::Relaxed);
    let sender = &senders[usize::try_from(request).unwrap_or(0) % senders.len()];
    let started = Instant::now();
    for attempts in 1.. {
        match sender.send(&body.bytes).await {
            Answer::Acknowledged => {
                let ms = started.elapsed().as_secs_f64() * 1e3;
                ledger.write(&Line::Acknowledged { request, attempts, ms })?;
                progress.acknowledged_spans.fetch_add(body.spans.into(), Ordering::Relaxed);
                return Ok(());
            }
            Answer::Rejected { status } => {
                progress.rejected.fetch_add(1, Ordering::Relaxed);
                return ledger.write(&Line::Rejected { request, status });
            }
            Answer::Again { after, .. } => {
                if Instant::now() > give_up {
                    return Ok(());
                }
                progress.resends.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(after.unwrap_or(PAUSE_DEFAULT).min(PAUSE_MAX)).await;
            }
        }
    }
    Ok(())
}

/// The wall clock: spans carry real times.
#[must_use]
pub fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}
