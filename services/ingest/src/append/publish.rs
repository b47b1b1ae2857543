//! Packs onto the bus: so many at a time, with so many bytes, each until it is acknowledged.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_nats::HeaderMap;
use naru_nats::Bus;
use naru_otlp::pack::{PackBuilder, SHARES_HEADER};
use naru_telemetry::chain;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::warn;

use super::{NotAppended, compress::Writers};
use crate::admit::backlog::Backlogs;

/// Packs on their way to the bus at one time, over all partitions. More only adds latency.
const IN_FLIGHT_MAX: usize = 32;
/// Their bytes, compressed; the semaphore counts KiB.
const IN_FLIGHT_KIB_MAX: usize = 32 * 1024;
/// Past this the sender is told to send again. The bus may still store the pack: ids make that harmless.
const ACK_TIMEOUT: Duration = Duration::from_secs(5);

/// What a pack should be on the bus: an fsync each, so not smaller; the bus takes 8 MB, so a bad guess still fits.
const PACK_BYTES: usize = 512 * 1024;
/// Before anything is known of what a partition's packs compress to, and at most, whatever they do.
const PACK_RAW_BYTES_MAX: usize = 3 * 1024 * 1024;
/// What does not compress at all.
const PACK_RAW_BYTES_MIN: usize = PACK_BYTES;
/// Smaller packs say little about larger ones.
const TELLING_RAW_BYTES: usize = 64 * 1024;

/// Shared by the packers of all partitions.
#[derive(Debug)]
pub(super) struct Publisher {
    bus: Bus,
    gateway: u64,
    sequence: AtomicU64,
    packs: Arc<Semaphore>,
    kib: Semaphore,
    writers: Writers,
    backlogs: Arc<Backlogs>,
}

/// How many raw bytes make a pack of [`PACK_BYTES`] in one partition, as its last pack has taught.
#[derive(Debug)]
pub(super) struct Fill(AtomicUsize);

impl Publisher {
    pub(super) fn new(bus: Bus, gateway: u64, backlogs: Arc<Backlogs>) -> Self {
        Self {
            bus,
            gateway,
            sequence: AtomicU64::new(0),
            packs: Arc::new(Semaphore::new(IN_FLIGHT_MAX)),
            kib: Semaphore::new(IN_FLIGHT_KIB_MAX),
            writers: Writers::default(),
            backlogs,
        }
    }

    /// A place for one pack.
    pub(super) async fn place(&self) -> OwnedSemaphorePermit {
        Arc::clone(&self.packs).acquire_owned().await.expect("nobody closes this semaphore")
    }

    /// Returns when the bus has fsynced the pack.
    pub(super) async fn publish(
        &self,
        partition: u16,
        pack: PackBuilder,
        fill: &Fill,
    ) -> Result<(), NotAppended> {
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        let (entries, raw_bytes) = (pack.len(), pack.raw_bytes());
        let (message, shares) = self.writers.finish(pack, self.gateway, sequence);
        let bytes = message.len();
        fill.learn(raw_bytes, bytes);
        metrics::counter!("ingest_packs_total").increment(1);
        metrics::counter!("ingest_pack_entries_total").increment(entries as u64);
        metrics::counter!("ingest_pack_raw_bytes_total").increment(raw_bytes as u64);
        metrics::counter!("ingest_pack_bytes_total").increment(bytes as u64);
        let kib = u32::try_from(bytes.div_ceil(1_024).min(IN_FLIGHT_KIB_MAX)).unwrap_or(u32::MAX);
        let _bytes = self.kib.acquire_many(kib).await.expect("nobody closes this semaphore");
        if !self.bus.is_connected() {
            return Err(NotAppended);
        }
        let subject = naru_ingest_api::subject(partition);
        let mut headers = HeaderMap::new();
        headers.insert(SHARES_HEADER, shares.to_text().as_str());
        let started = Instant::now();
        let published = tokio::time::timeout(ACK_TIMEOUT, async {
            self.bus.jetstream.publish_with_headers(subject.clone(), headers, message).await?.await
        });
        let outcome = published.await;
        metrics::histogram!("ingest_ack_seconds").record(started.elapsed().as_secs_f64());
        match outcome {
            Ok(Ok(_)) => {
                self.backlogs.appended(partition, bytes as u64, &shares);
                Ok(())
            }
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
}

impl Fill {
    pub(super) const fn new() -> Self {
        Self(AtomicUsize::new(PACK_RAW_BYTES_MAX))
    }

    pub(super) fn raw_bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn learn(&self, raw_bytes: usize, bytes: usize) {
        if raw_bytes >= TELLING_RAW_BYTES {
            let fitting = PACK_BYTES * raw_bytes / bytes.max(1);
            self.0.store(fitting.clamp(PACK_RAW_BYTES_MIN, PACK_RAW_BYTES_MAX), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_filled_to_what_the_last_one_compressed_to() {
        let fill = Fill::new();
        assert_eq!(fill.raw_bytes(), PACK_RAW_BYTES_MAX);
        fill.learn(PACK_RAW_BYTES_MAX, PACK_RAW_BYTES_MAX);
        assert_eq!(fill.raw_bytes(), PACK_BYTES);
        fill.learn(1_000, 10);
        assert_eq!(fill.raw_bytes(), PACK_BYTES, "a small one teaches nothing");
        fill.learn(PACK_BYTES, PACK_BYTES / 2);
        assert_eq!(fill.raw_bytes(), 2 * PACK_BYTES);
        fill.learn(PACK_BYTES, 1);
        assert_eq!(fill.raw_bytes(), PACK_RAW_BYTES_MAX);
    }
}
