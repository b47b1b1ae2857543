//! Entries onto the bus: packed per partition, answered when the bus has fsynced them.

mod compress;
mod packer;
mod publish;
mod streams;

use std::{sync::Arc, time::Duration};

use naru_nats::Bus;
use naru_otlp::pack::PackedEntry;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use crate::{admit::backlog::Backlogs, memory::Reserved};
use packer::Packer;
use publish::{Fill, Publisher};

pub(crate) use streams::{ensure_onboarding, ensure_partitions};

/// Requests waiting for a place in a pack, per partition.
const QUEUE: usize = 1_024;

/// Senders give up after 10 s: they are told before, and send again.
const APPEND_TIMEOUT: Duration = Duration::from_secs(8);

/// Nothing was acknowledged: the sender must send again. What was already stored will be dropped by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAppended;

/// Entries of one request for one partition.
#[derive(Debug)]
pub(crate) struct Append {
    entries: Vec<PackedEntry>,
    waiting: Waiting,
}

/// A request that waits. Its memory counts as taken until its packs are gone, also when its sender has given up.
#[derive(Debug)]
struct Waiting {
    done: oneshot::Sender<Result<(), NotAppended>>,
    _memory: Reserved,
}

impl Waiting {
    fn answer(self, outcome: Result<(), NotAppended>) {
        // A sender that has gone away is not waiting any more.
        let _ = self.done.send(outcome);
    }
}

/// The way onto the bus; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Appender {
    partitions: Arc<Vec<mpsc::Sender<Append>>>,
    tasks: TaskTracker,
}

/// What a packer needs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) partitions: u16,
    pub(crate) gateway: u64,
    pub(crate) delay: Duration,
}

impl Appender {
    /// Starts one packer per partition. They end when every clone of the appender is dropped.
    pub(crate) fn start(bus: &Bus, settings: &Settings, backlogs: &Arc<Backlogs>) -> Self {
        let tasks = TaskTracker::new();
        let publisher = Arc::new(Publisher::new(bus.clone(), settings.gateway, Arc::clone(backlogs)));
        let senders = (0..settings.partitions).map(|partition| {
            let (sender, inbox) = mpsc::channel(QUEUE);
            let packer = Packer {
                publisher: Arc::clone(&publisher),
                fill: Arc::new(Fill::new()),
                partition,
                delay: settings.delay,
                tasks: tasks.clone(),
            };
            tasks.spawn(packer.run(inbox));
            sender
        });
        let partitions = Arc::new(senders.collect());
        Self { partitions, tasks }
    }

    /// Returns when the bus has all entries durably. All entries are of one tenant, so of one partition.
    pub(crate) async fn append(
        &self,
        partition: u16,
        entries: Vec<PackedEntry>,
        memory: Reserved,
    ) -> Result<(), NotAppended> {
        let (done, acknowledged) = oneshot::channel();
        let sender = self.partitions.get(usize::from(partition)).ok_or(NotAppended)?;
        let append = Append { entries, waiting: Waiting { done, _memory: memory } };
        let appended = tokio::time::timeout(APPEND_TIMEOUT, async {
            sender.send(append).await.map_err(|_| NotAppended)?;
            acknowledged.await.unwrap_or(Err(NotAppended))
        });
        appended.await.unwrap_or(Err(NotAppended))
    }

    /// Waits until what was taken is on the bus. Call after the last request has been answered.
    pub(crate) async fn drain(self) {
        let Self { partitions, tasks } = self;
        drop(partitions);
        tasks.close();
        tasks.wait().await;
    }
}
