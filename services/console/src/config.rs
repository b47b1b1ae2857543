//! What can be configured. Environment: `NARU_CONSOLE_<KEY>`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where HTTP is served; behind the edge, never open to the world.
    pub listen: String,
    /// Hosts are `console.<base>` and `<tenant>.apm.<region>.<base>`.
    pub base: String,
    /// The public port in URLs and cookie names; 0, 80 and 443 are not shown.
    pub edge_port: u16,
    /// `http` or `https`, as the browser sees it.
    pub scheme: String,
    /// The region that people are offered first.
    pub region: String,
    /// All regions a tenant may choose; empty = only `region`.
    pub regions: Vec<RegionConfig>,
    /// What install pages tell agents.
    pub otlp_grpc_url: String,
    pub otlp_http_url: String,
    /// Development: mails become `.eml` files here.
    pub mail_dir: Option<PathBuf>,
    /// Production: `smtps://user@mail.example.com`; the password comes from `smtp_password_file`.
    pub smtp_url: Option<String>,
    pub smtp_password_file: Option<PathBuf>,
    pub mail_from: String,
    /// The built console web app.
    pub web_dir: Option<PathBuf>,
    /// At least 32 random bytes that the database's backup does not hold.
    pub pepper_file: PathBuf,
    /// `postgres://naru_console@127.0.0.1:5432/naru`
    pub postgres_url: String,
    pub postgres_password_file: Option<PathBuf>,
    pub nats_url: String,
    pub nats_token_file: Option<PathBuf>,
    pub nats_monitor_url: Option<String>,
    pub redis_url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionConfig {
    /// As in host names: `local`, `seoul`.
    pub name: String,
    /// As people read it.
    pub title: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".to_owned(),
            base: "localhost".to_owned(),
            edge_port: 8080,
            scheme: "http".to_owned(),
            region: "local".to_owned(),
            regions: Vec::new(),
            otlp_grpc_url: "http://127.0.0.1:4317".to_owned(),
            otlp_http_url: "http://127.0.0.1:4318".to_owned(),
            mail_dir: None,
            smtp_url: None,
            smtp_password_file: None,
            mail_from: "Naru <no-reply@localhost>".to_owned(),
            web_dir: None,
            pepper_file: PathBuf::from("pepper"),
            postgres_url: "postgres://naru_console@127.0.0.1:5432/naru".to_owned(),
            postgres_password_file: None,
            nats_url: "nats://127.0.0.1:4222".to_owned(),
            nats_token_file: None,
            nats_monitor_url: None,
            redis_url: "redis://127.0.0.1:6379".to_owned(),
        }
    }
}

impl Config {
    /// All regions a tenant may choose, the preferred one first.
    #[must_use]
    pub fn regions(&self) -> Vec<RegionConfig> {
        let mut regions = self.regions.clone();
        if !regions.iter().any(|region| region.name == self.region) {
            regions.insert(0, RegionConfig { name: self.region.clone(), title: title(&self.region) });
        }
        regions
    }
}

/// `local` → `Local`.
fn title(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
