//! What can be configured. Environment: `NARU_QUERY_<KEY>`.

use std::path::PathBuf;

use naru_lake::store;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where HTTP is served; behind the edge, never open to the world.
    pub listen: String,
    /// Hosts are `<tenant>.apm.<region>.<base>`.
    pub base: String,
    /// The public port in URLs and cookie names; 0, 80 and 443 are not shown.
    pub edge_port: u16,
    /// `http` or `https`, as the browser sees it.
    pub scheme: String,
    /// The region whose lake this is. Projects of other regions do not exist here.
    pub region: String,
    /// Where the lake's objects lie; only read. As the writer has it.
    pub lake_url: String,
    /// Of an S3 server other than Amazon's.
    pub lake_s3_endpoint: Option<String>,
    pub lake_s3_region: String,
    /// As the AWS tools write it; the profile `default` counts. May only read, and may be replaced while we run.
    pub lake_s3_credentials_file: Option<PathBuf>,
    /// A disk of this process's own, where sealed parts of a bucket's objects are kept; not used when the lake is on a disk.
    pub cache_dir: PathBuf,
    /// Bytes of its files; 0 = none.
    pub cache_bytes_max: u64,
    /// What tenants' data keys are wrapped with: the writer's file.
    pub lake_key_file: PathBuf,
    /// The built APM web app.
    pub web_dir: Option<PathBuf>,
    /// Bytes that all scans together may hold; a scan that needs more is answered 413.
    pub memory_limit_bytes: usize,
    /// Partition streams of the bus, as ingest and writer have it.
    pub partitions: u16,
    /// `postgres://naru_query@127.0.0.1:5432/naru`
    pub postgres_url: String,
    pub postgres_password_file: Option<PathBuf>,
    pub nats_url: String,
    pub nats_token_file: Option<PathBuf>,
    pub nats_monitor_url: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            base: "localhost".to_owned(),
            edge_port: 8080,
            scheme: "http".to_owned(),
            region: "local".to_owned(),
            lake_url: ".naru/lake".to_owned(),
            lake_s3_endpoint: None,
            lake_s3_region: "us-east-1".to_owned(),
            lake_s3_credentials_file: None,
            cache_dir: PathBuf::from(".naru/query-cache"),
            cache_bytes_max: 4 << 30,
            lake_key_file: PathBuf::from("lake-key"),
            web_dir: None,
            memory_limit_bytes: 256 << 20,
            partitions: naru_ingest_api::PARTITIONS_DEFAULT,
            postgres_url: "postgres://naru_query@127.0.0.1:5432/naru".to_owned(),
            postgres_password_file: None,
            nats_url: "nats://127.0.0.1:4222".to_owned(),
            nats_token_file: None,
            nats_monitor_url: None,
        }
    }
}

impl Config {
    /// Where the lake is. Nothing grows here, so nothing is staged.
    #[must_use]
    pub fn lake(&self) -> store::Options {
        store::Options {
            url: self.lake_url.clone(),
            s3_endpoint: self.lake_s3_endpoint.clone(),
            s3_region: self.lake_s3_region.clone(),
            s3_credentials_file: self.lake_s3_credentials_file.clone(),
            staging_dir: PathBuf::new(),
        }
    }

    /// True when browsers come by https, so that cookies carry the `__Host-` prefix.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// `http://console.localhost:8080`
    #[must_use]
    pub fn console_url(&self) -> String {
        let port = match self.edge_port {
            0 | 80 | 443 => String::new(),
            port => format!(":{port}"),
        };
        format!("{}://console.{}{port}", self.scheme, self.base.to_ascii_lowercase())
    }

    /// `.apm.local.localhost`: what follows the tenant's slug in a host name, in small letters as [`naru_http::Host`].
    #[must_use]
    pub fn host_suffix(&self) -> String {
        format!(".apm.{}.{}", self.region, self.base).to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_in_small_letters_however_they_are_configured() {
        let config = Config { base: "Example.com".to_owned(), edge_port: 443, ..Config::default() };
        assert_eq!(config.host_suffix(), ".apm.local.example.com");
        assert_eq!(config.console_url(), "http://console.example.com");
    }

    #[test]
    fn the_lake_is_where_the_writer_puts_it() {
        assert_eq!(Config::default().lake_url, ".naru/lake");
    }
}
