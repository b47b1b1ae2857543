//! What a service is to the frame.

use std::net::SocketAddr;

use serde::{Serialize, de::DeserializeOwned};
use tokio_util::sync::CancellationToken;

use crate::Health;

/// One of the services, as a library.
pub trait Service: Sized + Send + 'static {
    /// One lower-case word: names the binary, the environment prefix `NARU_<NAME>_`, and the logs.
    const NAME: &'static str;

    /// Derives `Serialize` and `Deserialize` with `#[serde(deny_unknown_fields, default)]`: each field is a key, and its
    /// default the lowest layer. Secrets are never values, only paths of files (`…_file`).
    type Config: DeserializeOwned + Serialize + Send;

    /// Connects (waits up to 60 s for each dependency) and binds listeners. Serves nothing yet.
    fn build(config: Self::Config, health: Health) -> impl Future<Output = anyhow::Result<Self>> + Send;

    /// The bound listeners by name, with the real port where the configuration said 0.
    fn addrs(&self) -> Vec<(&'static str, SocketAddr)>;

    /// Works until `stop`, then drains within [`crate::DRAIN_TIMEOUT`]. An early end without `stop` is a failure.
    fn run(self, stop: CancellationToken) -> impl Future<Output = anyhow::Result<()>> + Send;

    /// What an operator can have the program do besides running the service: `naru-<name> [settings] <command> …`.
    fn commands() -> Vec<clap::Command> {
        Vec::new()
    }

    /// Does one of [`Self::commands`], beside whatever service runs.
    fn command(
        config: Self::Config,
        name: String,
        arguments: clap::ArgMatches,
    ) -> impl Future<Output = anyhow::Result<()>> + Send {
        let _ = (config, arguments);
        async move { anyhow::bail!("there is no command `{name}`") }
    }

    /// Brings this service's schema up to date, as the owner. Services without tables do nothing.
    fn migrate(owner_url: &str) -> impl Future<Output = anyhow::Result<()>> + Send {
        let _ = owner_url;
        async { Ok(()) }
    }
}
