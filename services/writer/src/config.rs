//! What an operator can set; environment `NARU_WRITER_<KEY>`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use naru_lake::store;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub postgres_url: String,
    pub postgres_password_file: Option<PathBuf>,
    pub nats_url: String,
    pub nats_token_file: Option<PathBuf>,
    /// Asked once at the start whether the server syncs before it acknowledges; on less, nothing starts.
    pub nats_monitor_url: Option<String>,
    /// Where the live tail answers query over Arrow Flight.
    pub flight_listen: SocketAddr,
    /// What query is told to dial; empty = the bound address.
    pub flight_url: String,
    /// Where the lake's objects lie: `file:///…`, a path, or `s3://bucket/prefix`. Query reads the same.
    pub lake_url: String,
    /// Of an S3 server other than Amazon's.
    pub lake_s3_endpoint: Option<String>,
    pub lake_s3_region: String,
    /// As the AWS tools write it; the profile `default` counts. May be replaced while the service runs.
    pub lake_s3_credentials_file: Option<PathBuf>,
    /// A disk where merges for a bucket grow before they are sent.
    pub lake_staging_dir: PathBuf,
    /// What tenants' data keys are wrapped with: one secret per line, the newest first. Losing it loses all data; query
    /// has the same file.
    pub lake_key_file: PathBuf,
    /// Partition streams of this region; the same number in every ingest, writer and query.
    pub partitions: u16,
    /// Longest time between rows on the bus and their segment.
    pub cut_interval_ms: u64,
    /// All live tails together; half of it starts cuts, three quarters stop pulling, of the last each partition has its part.
    /// Calls that wait for their answers take up to a quarter of it more.
    pub memory_budget_bytes: usize,
    /// T of the APDEX of applications whose resource does not say theirs (`naru.apdex.t_ms`): requests up to this satisfy.
    pub apdex_ms: u64,
    /// How long a cut lies before it is merged with others; merged ones wait twelve times as long, then again.
    pub compact_after_ms: u64,
    /// UTC days of telemetry kept.
    pub retention_days: u32,
    /// Whose leases these are; a restarted writer of the same name has its partitions back at once. Empty = host name.
    /// Two writers that run at the same time need two names.
    pub owner: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            postgres_url: "postgres://naru_writer@127.0.0.1:5432/naru".to_owned(),
            postgres_password_file: None,
            nats_url: "nats://127.0.0.1:4222".to_owned(),
            nats_token_file: None,
            nats_monitor_url: Some("http://127.0.0.1:8222".to_owned()),
            flight_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            flight_url: String::new(),
            lake_url: ".naru/lake".to_owned(),
            lake_s3_endpoint: None,
            lake_s3_region: "us-east-1".to_owned(),
            lake_s3_credentials_file: None,
            lake_staging_dir: PathBuf::from(".naru/staging"),
            lake_key_file: PathBuf::from("lake-key"),
            partitions: naru_ingest_api::PARTITIONS_DEFAULT,
            cut_interval_ms: 60_000,
            memory_budget_bytes: 256 << 20,
            apdex_ms: 500,
            compact_after_ms: 300_000,
            retention_days: 14,
            owner: String::new(),
        }
    }
}

impl Config {
    /// Where the lake is.
    #[must_use]
    pub fn lake(&self) -> store::Options {
        store::Options {
            url: self.lake_url.clone(),
            s3_endpoint: self.lake_s3_endpoint.clone(),
            s3_region: self.lake_s3_region.clone(),
            s3_credentials_file: self.lake_s3_credentials_file.clone(),
            staging_dir: self.lake_staging_dir.clone(),
        }
    }

    pub(crate) fn cut_interval(&self) -> Duration {
        Duration::from_millis(self.cut_interval_ms.max(1))
    }

    /// The configured name, else the host's.
    pub(crate) fn owner_name(&self) -> String {
        if !self.owner.is_empty() {
            return self.owner.clone();
        }
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = host.trim();
        if host.is_empty() { "writer".to_owned() } else { format!("writer@{host}") }
    }
}
