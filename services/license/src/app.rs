//! Building and running the service.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use naru_auth::Pepper;
use naru_nats::Bus;
use naru_postgres::Pool;
use naru_runtime::{Clock, Health, Service};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::{bus, config::Config, store};

/// Resolve questions are short, and console's are few.
const CONNECTIONS_MAX: u32 = 8;
const PING_EVERY: Duration = Duration::from_secs(2);

/// What every handler has at hand.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) pool: Pool,
    pub(crate) bus: Bus,
    pub(crate) pepper: Pepper,
    pub(crate) clock: Clock,
    pub(crate) retention_days: u16,
}

/// The service: built, not yet answering.
#[derive(Debug)]
pub struct License {
    app: Arc<App>,
    health: Health,
}

impl License {
    /// The same service with another clock, for tests.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        let Self { app, health } = self;
        let App { pool, bus, pepper, retention_days, .. } = &*app;
        let app = App {
            pool: pool.clone(),
            bus: bus.clone(),
            pepper: pepper.clone(),
            clock,
            retention_days: *retention_days,
        };
        Self { app: Arc::new(app), health }
    }
}

impl Service for License {
    const NAME: &'static str = "license";
    type Config = Config;

    async fn build(config: Config, health: Health) -> anyhow::Result<Self> {
        let pepper = Pepper::from_file(&config.pepper_file)?;
        let pool = Pool::connect(&naru_postgres::Options {
            url: config.postgres_url,
            password_file: config.postgres_password_file,
            max_connections: CONNECTIONS_MAX,
            application_name: "naru-license".to_owned(),
        })
        .await?;
        naru_postgres::check_schema(&pool, store::SCHEMA, &store::MIGRATOR).await?;
        let bus = Bus::connect(&naru_nats::Options {
            url: config.nats_url,
            name: "naru-license".to_owned(),
            token_file: config.nats_token_file,
            monitor_url: config.nats_monitor_url,
        })
        .await?;
        let clock = Clock::system();
        let app = App { pool, bus, pepper, clock, retention_days: config.retention_days };
        Ok(Self { app: Arc::new(app), health })
    }

    fn addrs(&self) -> Vec<(&'static str, SocketAddr)> {
        Vec::new()
    }

    async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        bus::serve(&self.app).await.context("subscribing to license's subjects")?;
        self.health.set("nats", true);
        let mut pings = tokio::time::interval(PING_EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = pings.tick() => {
                    self.health.set("postgres", self.app.pool.ping().await.is_ok());
                    self.health.set("nats", self.app.bus.is_connected());
                }
            }
        }
        // Answers that are being made go out before the connection closes.
        self.app.bus.drain().await;
        info!("license has drained");
        Ok(())
    }

    async fn migrate(owner_url: &str) -> anyhow::Result<()> {
        naru_postgres::migrate(owner_url, store::SCHEMA, &store::MIGRATOR).await?;
        Ok(())
    }
}
