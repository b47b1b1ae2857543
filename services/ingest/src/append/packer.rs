//! One partition's packer: fills a pack for a moment, sends it, and goes on while the ack is on its way.

use std::{sync::Arc, time::Duration};

use naru_otlp::pack::PackBuilder;
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc, oneshot},
    time::Instant,
};
use tokio_util::task::TaskTracker;

use super::{
    Append, NotAppended, Waiting,
    publish::{Fill, Publisher},
};

type Outcome = Result<(), NotAppended>;

pub(super) struct Packer {
    pub(super) publisher: Arc<Publisher>,
    pub(super) fill: Arc<Fill>,
    pub(super) partition: u16,
    pub(super) delay: Duration,
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
            let permit = self.publisher.place().await;
            let deadline = Instant::now() + self.delay;
            let mut batch = Batch::default();
            let permit = self.begin(&mut batch, first, permit).await;
            while let Ok(Some(append)) = tokio::time::timeout_at(deadline, inbox.recv()).await {
                if !batch.has_room_for(&append, self.fill.raw_bytes()) {
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
            let raw_bytes = batch.pack.raw_bytes() + entry.bytes.len();
            if !batch.pack.is_empty() && raw_bytes > self.fill.raw_bytes() {
                let (done, outcome) = oneshot::channel();
                let full = Batch { pack: std::mem::take(&mut batch.pack), ..Batch::default() };
                self.publish(full, permit, move |outcome| {
                    // Whoever waits may have gone.
                    let _ = done.send(outcome);
                });
                batch.ahead.push(outcome);
                permit = self.publisher.place().await;
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

    /// Sends in the background; `then` hears what became of the pack and of those ahead of it.
    fn publish(
        &self,
        batch: Batch,
        permit: OwnedSemaphorePermit,
        then: impl FnOnce(Outcome) + Send + 'static,
    ) {
        let (publisher, fill, partition) =
            (Arc::clone(&self.publisher), Arc::clone(&self.fill), self.partition);
        self.tasks.spawn(async move {
            let mut outcome = publisher.publish(partition, batch.pack, &fill).await;
            drop(permit);
            for ahead in batch.ahead {
                outcome = outcome.and(ahead.await.unwrap_or(Err(NotAppended)));
            }
            then(outcome);
        });
    }
}

impl Batch {
    fn has_room_for(&self, append: &Append, raw_bytes_max: usize) -> bool {
        let bytes: usize = append.entries.iter().map(|entry| entry.bytes.len()).sum();
        self.pack.raw_bytes() + bytes <= raw_bytes_max
    }

    fn take(&mut self, append: Append) {
        for entry in append.entries {
            self.pack.push(entry);
        }
        self.waiting.push(append.waiting);
    }
}
