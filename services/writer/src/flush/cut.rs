//! One cut from rows to catalog.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use naru_ids::{TenantId, UnixMs};
use naru_lake::{
    Error as LakeError, KeyRing, SealingKey,
    catalog::commit::{self, Cut, Outcome},
    path::{self, CutName},
    store::Store,
};
use naru_nats::Bus;
use naru_postgres::Pool;
use naru_runtime::Clock;
use naru_telemetry::chain;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

use super::{
    bundle::{self, TenantKeys},
    ledger::Ledger,
};
use crate::{bus::put_aside, tail::Frozen};

const RETRY_MIN: Duration = Duration::from_millis(100);
/// Postgres or disk away: one try every 2 s is enough, and it is back within the promise when they are.
const RETRY_MAX: Duration = Duration::from_secs(2);

/// A Postgres whose packets vanish gives no error for a quarter of an hour. Trying again is harmless.
const COMMIT_TRY_MAX: Duration = Duration::from_secs(60);

/// How a cut ended. Anything else is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CutEnd {
    /// Everything through this sequence is in the catalog.
    Committed { last_seq: u64 },
    /// Another writer has the partition; nothing of this cut was or will be written.
    Fenced,
    /// Given up, on the caller's word or because its objects count as garbage; nobody knows whether the last try was
    /// applied.
    Abandoned,
}

impl CutEnd {
    pub(crate) fn of(cut: &Cut, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Committed => Self::Committed { last_seq: cut.last_seq },
            Outcome::Fenced => Self::Fenced,
            // Taken anew, its rows come from the bus and go into new objects.
            Outcome::Collected | Outcome::KeyGone => Self::Abandoned,
        }
    }
}

/// What the catalog must hear of a cut, but for where its objects lie.
pub(crate) fn cut_of(name: &CutName, frozen: &Frozen, ledger: &Ledger) -> Cut {
    Cut {
        partition: name.partition,
        epoch: frozen.epoch,
        prev_seq: frozen.prev_seq,
        last_seq: frozen.last_seq,
        at_ms: ledger.at_ms,
        usage: ledger.usage_rows(UnixMs(name.at_ms)),
        names: frozen.names.clone(),
        entries: ledger.entries.clone(),
        ..Cut::default()
    }
}

/// Where cuts go.
#[derive(Debug, Clone)]
pub(crate) struct Cutter {
    pub(crate) pool: Pool,
    pub(crate) store: Store,
    pub(crate) keys: KeyRing,
    pub(crate) clock: Clock,
    pub(crate) bus: Bus,
}

impl Cutter {
    /// Stores and commits one cut, trying again until it is committed, fenced, or `give_up` is cancelled.
    pub(crate) async fn run(
        self,
        partition: u16,
        frozen: Frozen,
        ledger: Ledger,
        give_up: CancellationToken,
    ) -> CutEnd {
        let frozen = Arc::new(frozen);
        let work = async {
            let mut attempt = 0;
            loop {
                let cut = self.store_objects(partition, &frozen, &ledger, &mut attempt).await;
                match self.commit(&cut).await {
                    Outcome::KeyGone => self.forget_keys(&cut).await,
                    outcome => {
                        if outcome == Outcome::Committed {
                            put_aside::tell(&self.bus, &cut.quarantined, self.clock.now().0).await;
                        }
                        return CutEnd::of(&cut, outcome);
                    }
                }
            }
        };
        tokio::select! {
            end = work => end,
            () = give_up.cancelled() => CutEnd::Abandoned,
        }
    }

    /// Writes the objects under a new name until that works. What a failed try left behind is collected later.
    async fn store_objects(
        &self,
        partition: u16,
        frozen: &Arc<Frozen>,
        ledger: &Ledger,
        attempt: &mut u32,
    ) -> Cut {
        let mut backoff = Backoff::new();
        loop {
            *attempt += 1;
            let name = CutName {
                partition,
                first_seq: frozen.prev_seq + 1,
                last_seq: frozen.last_seq,
                epoch: frozen.epoch,
                attempt: *attempt,
                at_ms: self.clock.now().0,
            };
            match self.store_once(name, frozen, ledger).await {
                Ok(cut) => return cut,
                Err(error) => {
                    warn!(partition, error = %chain(&error), "a cut of partition {partition} was not stored, trying again");
                    backoff.wait().await;
                }
            }
        }
    }

    async fn store_once(
        &self,
        name: CutName,
        frozen: &Arc<Frozen>,
        ledger: &Ledger,
    ) -> Result<Cut, LakeError> {
        let (bundle_path, quarantine_path) = (path::bundle(&name), path::quarantine(&name));
        let (keys, key_ids) = self.keys_of(frozen, ledger).await?;
        // First, since it is small: if this fails, no try leaves a bundle behind.
        let held = bundle::quarantine(&ledger.quarantined, &keys, &name, quarantine_path.as_ref());
        if !held.chunks.is_empty() {
            self.store.create(&quarantine_path, held.chunks).await?;
        }
        let started = std::time::Instant::now();
        let (rows, path_text) = (Arc::clone(frozen), bundle_path.to_string());
        // It keeps a core busy for long, and nobody waits for it: a writer whose budget is full stops reading the bus.
        let encoded = naru_runtime::patient()
            .spawn_blocking(move || bundle::encode(&rows, &keys, &name, &path_text))
            .await;
        let bundle = match encoded {
            Ok(result) => result?,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        metrics::histogram!("writer_encode_seconds").record(started.elapsed().as_secs_f64());
        if !bundle.chunks.is_empty() {
            self.store.create(&bundle_path, bundle.chunks).await?;
        }
        let (segments, quarantined, keys) = (bundle.rows, held.rows, key_ids);
        Ok(Cut { segments, quarantined, keys, ..cut_of(&name, frozen, ledger) })
    }

    /// What to seal with, and which keys these are.
    async fn keys_of(
        &self,
        frozen: &Frozen,
        ledger: &Ledger,
    ) -> Result<(Arc<TenantKeys>, BTreeMap<TenantId, Uuid>), LakeError> {
        let of_rollups = frozen.rollups.iter().map(|(tenant, _, _)| *tenant);
        let of_rows = frozen.tables.iter().map(|(key, _)| key.tenant).chain(of_rollups);
        let tenants: BTreeSet<TenantId> =
            of_rows.chain(ledger.quarantined.iter().map(|entry| entry.tenant)).collect();
        let (mut keys, mut ids) = (TenantKeys::new(), BTreeMap::new());
        for tenant in tenants {
            let SealingKey { id, key } = self.keys.to_seal(tenant).await?;
            keys.insert(tenant, key);
            ids.insert(tenant, id);
        }
        Ok((Arc::new(keys), ids))
    }

    /// A tenant was forgotten while we had its key in memory: what came for it since is sealed anew.
    async fn forget_keys(&self, cut: &Cut) {
        let partition = cut.partition;
        warn!(
            partition,
            "a tenant in a cut of partition {partition} was forgotten; what came since is sealed with a new key"
        );
        for tenant in cut.keys.keys() {
            self.keys.forget(*tenant).await;
        }
    }

    /// The same transaction again and again: its compare-and-set lets it through at most once.
    async fn commit(&self, cut: &Cut) -> Outcome {
        let mut backoff = Backoff::new();
        loop {
            let started = std::time::Instant::now();
            let problem = match tokio::time::timeout(COMMIT_TRY_MAX, commit::commit(&self.pool, cut)).await {
                Ok(Ok(outcome)) => {
                    if outcome == Outcome::Committed {
                        note_committed(cut, started.elapsed());
                    }
                    return outcome;
                }
                Ok(Err(error)) => chain(&error).to_string(),
                Err(_) => format!("Postgres did not answer within {} s", COMMIT_TRY_MAX.as_secs()),
            };
            let partition = cut.partition;
            metrics::counter!("writer_commit_failures_total").increment(1);
            warn!(partition, error = %problem, "a cut of partition {partition} is not committed, trying again");
            backoff.wait().await;
        }
    }
}

fn note_committed(cut: &Cut, took: Duration) {
    let rows: u64 = cut.segments.iter().filter(|row| !row.table.is_rollup()).map(|row| row.rows).sum();
    let bytes: u64 = cut.segments.iter().map(|row| row.length).sum();
    metrics::counter!("writer_cuts_total").increment(1);
    metrics::counter!("writer_rows_committed_total").increment(rows);
    metrics::counter!("writer_bytes_stored_total").increment(bytes);
    metrics::histogram!("writer_commit_seconds").record(took.as_secs_f64());
    let (partition, last_seq, segments) = (cut.partition, cut.last_seq, cut.segments.len());
    info!(
        partition,
        seq = last_seq,
        rows,
        bytes,
        segments,
        "partition {partition} is stored through {last_seq}: {rows} rows in {segments} segments"
    );
}

struct Backoff(Duration);

impl Backoff {
    const fn new() -> Self {
        Self(RETRY_MIN)
    }

    async fn wait(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 2).min(RETRY_MAX);
    }
}
