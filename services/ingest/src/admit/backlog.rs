//! Who may add to what waits on the bus: writers say each second what waits, partition by partition.
//!
//! Above half of a stream's cap a tenant may hold no more than its share, which is that half divided by the tenants that
//! hold anything; and none ever holds more than a quarter of the cap. What this gateway has appended since the last
//! word counts, too.
//!
//! When the word is stale, or there was none yet, nobody knows what is committed: then all that the stream holds counts as waiting (the
//! gateway asks the bus itself), and shares are those of the last word with what was appended since. A stream that is
//! less than half full refuses nobody then, so a writer that stores but cannot be heard blocks nobody for ever, and one
//! that is gone is not ignored.

mod news;

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use naru_ids::TenantId;
use naru_otlp::pack::Shares;
use naru_writer_api::Backlog;

use news::News;

#[derive(Debug)]
pub(crate) struct Backlogs {
    partitions: Vec<Mutex<News>>,
}

impl Backlogs {
    /// `cap_bytes` of each stream, until a writer says what it is.
    pub(crate) fn new(partitions: u16, cap_bytes: u64) -> Self {
        let news = || Mutex::new(News::new(cap_bytes));
        Self { partitions: (0..partitions).map(|_| news()).collect() }
    }

    /// May the tenant add to its partition? If not, how long to wait.
    pub(crate) fn may_come(&self, partition: u16, tenant: TenantId) -> Result<(), Duration> {
        self.with(partition, |news| news.may_come(tenant, Instant::now())).unwrap_or(Ok(()))
    }

    /// A writer's word.
    pub(crate) fn hear(&self, backlog: Backlog) {
        self.with(backlog.partition, |news| news.hear(backlog, Instant::now()));
    }

    /// The bus has a pack of ours.
    pub(crate) fn appended(&self, partition: u16, bytes: u64, shares: &Shares) {
        self.with(partition, |news| news.appended(bytes, shares));
    }

    /// Partitions of which nobody has said anything for too long.
    pub(crate) fn stale(&self) -> Vec<u16> {
        let now = Instant::now();
        let is_stale = |partition: &u16| self.with(*partition, |news| news.is_stale(now)).unwrap_or(false);
        (0..u16::try_from(self.partitions.len()).unwrap_or(u16::MAX)).filter(is_stale).collect()
    }

    /// What the bus says of a stream: all that it holds.
    pub(crate) fn stream_holds(&self, partition: u16, bytes: u64) {
        self.with(partition, |news| news.stream_holds(bytes));
    }

    fn with<T>(&self, partition: u16, work: impl FnOnce(&mut News) -> T) -> Option<T> {
        let news = self.partitions.get(usize::from(partition))?;
        Some(work(&mut news.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}
