//! What can be configured. Environment: `NARU_METERING_<KEY>`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `postgres://naru_metering@127.0.0.1:5432/naru`
    pub postgres_url: String,
    pub postgres_password_file: Option<PathBuf>,
    pub nats_url: String,
    pub nats_token_file: Option<PathBuf>,
    pub nats_monitor_url: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            postgres_url: "postgres://naru_metering@127.0.0.1:5432/naru".to_owned(),
            postgres_password_file: None,
            nats_url: "nats://127.0.0.1:4222".to_owned(),
            nats_token_file: None,
            nats_monitor_url: None,
        }
    }
}
