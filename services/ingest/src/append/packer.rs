//! One partition's packer: fills a pack for a moment, sends it, and goes on while the ack is on its way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use naru_nats::Bus;
use naru_otlp::pack::PackBuilder;
use naru_telemetry::chain;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    time::Instant,
};
use tokio_util::task::TaskTracker;
use tracing::warn;

use super::{Append, NotAppended, Waiting};

/// OTLP compresses about eightfold with zstd-1: this much is about 256–512 KiB on the bus. What does not compress at
/// all still fits: the bus takes 8 MB.
pub(super) const PACK_RAW_BYTES: usize = 3 * 1024 * 1024;
/// Past this the sender is told to send again. The bus may still store the pack: ids make that harmless.
const ACK_TIMEOUT: Duration = Duration::from_secs(5);

type Outcome = Result<(), NotAppended>;

pub(super) struct Packer {
    pub(super) bus: Bus,
    pub(super) partition: u16,
    pub(super) gateway: u64,
    pub(super) delay: Duration,
    pub(super) in_flight: Arc<Semaphore>,
    pub(super) sequence: Arc<AtomicU64>,
    pub(super) tasks: TaskTracker,
}

/// A pack that is being filled, and who waits for it.
#[derive(Default)]
struct Batch {
    pack: PackBuilder,
    /// Full packs of the same request, already on their way.
    ahead: Vec<oneshot::Receiver<Outcome>>,
    waiting: Vec<Waiting>,
}

impl Packer {
    pub(super) async fn run(self, mut inbox: mpsc::Receiver<Append>) {
        let mut too_much_for_the_last: Option<Append> = None;
        loop {
            let first = match too_much_for_the_last.take() {
                Some(append) => append,
                None => match inbox.recv().await {
                    Some(append) => append,
                    None => return,
                },
            };
            // A place in flight first: while the bus is slow, packs grow instead of queueing.
            let permit = self.place_in_flight().await;
            let deadline = Instant::now() + self.delay;
            let mut batch = Batch::default();
            let permit = self.begin(&mut batch, first, permit).await;
            while let Ok(Some(append)) = tokio::time::timeout_at(deadline, inbox.recv()).await {
                if !batch.has_room_for(&append) {
                    too_much_for_the_last = Some(append);
                    break;
                }
                batch.take(append);
            }
            self.send(batch, permit);
        }
    }

    /// The first request of a batch may be larger than a pack: full ones go ahead, and it waits for all of them.
    async fn begin(
        &self,
        batch: &mut Batch,
        first: Append,
        mut permit: OwnedSemaphorePermit,
    ) -> OwnedSemaphorePermit {
        for entry in first.entries {
            if !batch.pack.is_empty() && batch.pack.raw_bytes() + entry.bytes.len() > PACK_RAW_BYTES {
                let (done, outcome) = oneshot::channel();
                let full = Batch { pack: std::mem::take(&mut batch.pack), ..Batch::default() };
                self.publish(full, permit, move |outcome| {
                    // Whoever waits may have gone.
                    let _ = done.send(outcome);
                });
                batch.ahead.push(outcome);
                permit = self.place_in_flight().await;
            }
            batch.pack.push(entry);
        }
        batch.waiting.push(first.waiting);
        permit
    }

    fn send(&self, mut batch: Batch, permit: OwnedSemaphorePermit) {
        let waiting = std::mem::take(&mut batch.waiting);
        self.publish(batch, permit, move |outcome| {
            for one in waiting {
                one.answer(outcome);
            }
        });
    }

    async fn place_in_flight(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.in_flight).acquire_owned().await.expect("nobody closes this semaphore")
    }

    /// Sends in the background; `then` hears what became of the pack and of those ahead of it.
    fn publish(
        &self,
        batch: Batch,
        permit: OwnedSemaphorePermit,
        then: impl FnOnce(Outcome) + Send + 'static,
    ) {
        let (bus, subject, gateway) =
            (self.bus.clone(), naru_ingest_api::subject(self.partition), self.gateway);
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        self.tasks.spawn(async move {
            let mut outcome = publish(&bus, subject, batch.pack, gateway, sequence).await;
            drop(permit);
            for ahead in batch.ahead {
                outcome = outcome.and(ahead.await.unwrap_or(Err(NotAppended)));
            }
            then(outcome);
        });
    }
}

impl Batch {
    fn has_room_for(&self, append: &Append) -> bool {
        let bytes: usize = append.entries.iter().map(|entry| entry.bytes.len()).sum();
        self.pack.raw_bytes() + bytes <= PACK_RAW_BYTES
    }

    fn take(&mut self, append: Append) {
        for entry in append.entries {
            self.pack.push(entry);
        }
        self.waiting.push(append.waiting);
    }
}

async fn publish(bus: &Bus, subject: String, pack: PackBuilder, gateway: u64, sequence: u64) -> Outcome {
    let (entries, raw_bytes) = (pack.len(), pack.raw_bytes());
    let message = pack.finish(gateway, sequence);
    metrics::counter!("ingest_packs_total").increment(1);
    metrics::counter!("ingest_pack_entries_total").increment(entries as u64);
    metrics::counter!("ingest_pack_raw_bytes_total").increment(raw_bytes as u64);
    metrics::counter!("ingest_pack_bytes_total").increment(message.len() as u64);
    if !bus.is_connected() {
        return Err(NotAppended);
    }
    let started = std::time::Instant::now();
    let published = tokio::time::timeout(ACK_TIMEOUT, async {
        bus.jetstream.publish(subject.clone(), message).await?.await
    });
    let outcome = published.await;
    metrics::histogram!("ingest_ack_seconds").record(started.elapsed().as_secs_f64());
    match outcome {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => {
            warn!(error = %chain(&error), "pack {sequence} was not acknowledged on {subject}");
            Err(NotAppended)
        }
        Err(_) => {
            warn!("pack {sequence} was not acknowledged on {subject} within {ACK_TIMEOUT:?}");
            Err(NotAppended)
        }
    }
}
