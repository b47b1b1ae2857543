//! What all scans share: the store, the catalog, the tails, one memory pool, cached metadata.

use std::sync::Arc;

use datafusion::{
    common::DataFusionError,
    execution::{
        SessionState, SessionStateBuilder,
        disk_manager::{DiskManagerBuilder, DiskManagerMode},
        memory_pool::GreedyMemoryPool,
        object_store::ObjectStoreUrl,
        runtime_env::RuntimeEnvBuilder,
    },
    prelude::SessionConfig,
};
use naru_lake::{DiskCache, KeyRing};
use naru_postgres::Pool;
use naru_runtime::Clock;
use naru_signal::Signal;

use super::{ScanError, listing::Listings, owner::Owners, reader::ExtentReaders};
use crate::{clients::Tails, config::Config};

/// The name under which DataFusion knows the lake's store. Nothing resolves it.
const STORE_URL: &str = "naru://lake";

/// One per process.
#[derive(Debug)]
pub(crate) struct Lake {
    pub(super) pool: Pool,
    pub(super) keys: KeyRing,
    pub(super) tails: Tails,
    pub(super) owners: Owners,
    pub(super) listings: Listings,
    pub(super) partitions: u16,
    pub(super) readers: Arc<ExtentReaders>,
    pub(super) store_url: ObjectStoreUrl,
    /// Holds functions and options, and no table: each request reads its own snapshot and nothing else.
    pub(super) state: SessionState,
    pub(super) clock: Clock,
    /// Of the pool that all scans share.
    pub(super) memory_bytes: usize,
}

impl Lake {
    /// With the configured objects, key file and limits.
    pub(crate) fn open(config: &Config, pool: Pool, clock: Clock) -> Result<Self, ScanError> {
        let store = naru_lake::store::open_read(&config.lake()).map_err(ScanError::Open)?;
        let disk = match config.lake().dir().map_err(ScanError::Open)? {
            Some(_) => None,
            None if config.cache_bytes_max == 0 => None,
            None => {
                Some(DiskCache::open(&config.cache_dir, config.cache_bytes_max).map_err(ScanError::Open)?)
            }
        };
        let keys = KeyRing::open(pool.clone(), &config.lake_key_file).map_err(ScanError::Open)?;
        let store_url = ObjectStoreUrl::parse(STORE_URL).map_err(ScanError::plan(Signal::Traces))?;
        let state = session(config.memory_limit_bytes).map_err(ScanError::plan(Signal::Traces))?;
        state.runtime_env().register_object_store(store_url.as_ref(), Arc::clone(&store));
        Ok(Self {
            pool,
            keys,
            tails: Tails::default(),
            owners: Owners::default(),
            listings: Listings::default(),
            partitions: config.partitions,
            readers: Arc::new(ExtentReaders::new(store, disk.map(Arc::new))),
            store_url,
            state,
            clock,
            memory_bytes: config.memory_limit_bytes,
        })
    }

    /// For readiness.
    pub(crate) async fn catalog_answers(&self) -> bool {
        self.pool.ping().await.is_ok()
    }
}

fn session(memory_bytes: usize) -> Result<SessionState, DataFusionError> {
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(memory_bytes)))
        // What does not fit is refused, not spilled: other tenants share this disk.
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .build_arc()?;
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let mut config = SessionConfig::new().with_target_partitions(cores).with_information_schema(false);
    // Counted from files or not at all: nothing here relies on statistics being collected.
    config.options_mut().execution.collect_statistics = false;
    Ok(SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_default_features()
        .build())
}
