//! What every request and every job has at hand.

use std::{sync::Arc, time::Duration};

use naru_auth::Pepper;
use naru_ids::UnixMs;
use naru_nats::Bus;
use naru_postgres::Pool;
use naru_runtime::Clock;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    clients::{ingest::Ingest, license::License, metering::Metering, onboarding::Onboarding},
    config::{Config, RegionConfig},
    places::Places,
    project::watchers::Watchers,
    session::throttle::Throttle,
};

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
pub struct Inner {
    pub pool: Pool,
    pub clock: Clock,
    pub places: Places,
    pub pepper: Pepper,
    pub throttle: Throttle,
    pub regions: Vec<RegionConfig>,
    pub otlp_grpc_url: String,
    pub otlp_http_url: String,
    pub license: License,
    pub metering: Metering,
    pub ingest: Ingest,
    pub onboarding: Onboarding,
    /// Wakes the mail job, so that a mail leaves with the answer and not with the next round.
    pub mail_owed: Notify,
    pub watchers: Watchers,
    /// Ends streams when the service drains.
    pub stop: CancellationToken,
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    #[must_use]
    pub fn new(
        config: &Config,
        pool: Pool,
        bus: Bus,
        redis: naru_redis::Redis,
        pepper: Pepper,
        clock: Clock,
    ) -> Self {
        Self(Arc::new(Inner {
            pool,
            places: Places::new(&config.scheme, &config.base, config.edge_port),
            pepper,
            throttle: Throttle::new(redis, clock.clone()),
            regions: config.regions(),
            otlp_grpc_url: config.otlp_grpc_url.clone(),
            otlp_http_url: config.otlp_http_url.clone(),
            license: License::new(bus.clone()),
            metering: Metering::new(bus.clone()),
            ingest: Ingest::new(bus.clone()),
            onboarding: Onboarding::new(bus),
            mail_owed: Notify::new(),
            watchers: Watchers::default(),
            stop: CancellationToken::new(),
            clock,
        }))
    }

    #[must_use]
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// A moment `later` than now.
    #[must_use]
    pub fn after(&self, later: Duration) -> UnixMs {
        UnixMs(self.now().0.saturating_add(u64::try_from(later.as_millis()).unwrap_or(u64::MAX)))
    }
}
