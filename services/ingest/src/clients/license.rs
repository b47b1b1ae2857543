//! License, asked over the bus.

use std::time::Duration;

use naru_license_api::{KeyDigest, RESOLVE, Resolution, Resolve, Verdict};
use naru_nats::Bus;
use naru_telemetry::chain;
use tracing::warn;

/// Agents wait meanwhile; license answers in milliseconds or is away.
const TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub(crate) struct License {
    bus: Bus,
    region: String,
}

impl License {
    pub(crate) fn new(bus: Bus, region: String) -> Self {
        Self { bus, region }
    }

    /// One verdict per digest. `Err` = license can't be asked right now, whatever the reason: it went to the log.
    pub(crate) async fn resolve(&self, digests: &[KeyDigest]) -> Result<Vec<Verdict>, ()> {
        let question = Resolve { digests: digests.to_vec(), region: self.region.clone() };
        match self.bus.request::<_, Resolution>(RESOLVE, &question, TIMEOUT).await {
            Ok(resolution) if resolution.verdicts.len() == digests.len() => Ok(resolution.verdicts),
            Ok(resolution) => {
                warn!("license gave {} verdicts on {} keys", resolution.verdicts.len(), digests.len());
                Err(())
            }
            Err(error) => {
                warn!(error = %chain(&error), "license could not be asked about {} keys", digests.len());
                Err(())
            }
        }
    }
}
