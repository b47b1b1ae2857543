//! What can be configured. Environment: `NARU_INGEST_<KEY>`.

use std::path::PathBuf;

use naru_ingest_api::{PARTITIONS_DEFAULT, STREAM_BYTES_MAX_DEFAULT};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// OTLP over HTTP; behind the edge.
    pub http_listen: String,
    /// OTLP over gRPC; behind the edge.
    pub grpc_listen: String,
    /// Keys of other regions are refused here.
    pub region: String,
    /// Set once, before the first byte: it decides where a tenant's telemetry goes.
    pub partitions: u16,
    /// Cap of one partition stream.
    pub stream_bytes_max: i64,
    /// Names this gateway in packs; 0 = a random one.
    pub gateway_id: u64,
    /// How long a pack waits for more entries. Answers wait with it.
    pub pack_delay_ms: u64,
    /// Items a second that one tenant may send, and how many at once.
    pub tenant_items_per_s: u64,
    pub tenant_items_burst: u64,
    /// Decompressed bytes of all requests that wait for the bus at one time.
    pub in_flight_bytes_max: usize,
    pub nats_url: String,
    pub nats_token_file: Option<PathBuf>,
    /// Asked once at the start whether the server syncs before it acknowledges; on less, nothing starts.
    pub nats_monitor_url: Option<String>,
    pub redis_url: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            http_listen: "127.0.0.1:0".to_owned(),
            grpc_listen: "127.0.0.1:0".to_owned(),
            region: "local".to_owned(),
            partitions: PARTITIONS_DEFAULT,
            stream_bytes_max: STREAM_BYTES_MAX_DEFAULT,
            gateway_id: 0,
            pack_delay_ms: 20,
            tenant_items_per_s: 200_000,
            tenant_items_burst: 1_000_000,
            in_flight_bytes_max: 256 * 1024 * 1024,
            nats_url: "nats://127.0.0.1:4222".to_owned(),
            nats_token_file: None,
            nats_monitor_url: Some("http://127.0.0.1:8222".to_owned()),
            redis_url: "redis://127.0.0.1:6379".to_owned(),
        }
    }
}
