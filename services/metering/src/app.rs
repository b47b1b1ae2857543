//! Building and running the service.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use naru_nats::Bus;
use naru_postgres::Pool;
use naru_runtime::{Health, Service};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::{bus, config::Config, jobs, store};

const CONNECTIONS_MAX: u32 = 4;
const PING_EVERY: Duration = Duration::from_secs(2);

/// What every handler and job has at hand.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) pool: Pool,
    pub(crate) bus: Bus,
}

/// The service: built, not yet counting.
#[derive(Debug)]
pub struct Metering {
    app: Arc<App>,
    health: Health,
}

impl Service for Metering {
    const NAME: &'static str = "metering";
    type Config = Config;

    async fn build(config: Config, health: Health) -> anyhow::Result<Self> {
        let pool = Pool::connect(&naru_postgres::Options {
            url: config.postgres_url,
            password_file: config.postgres_password_file,
            max_connections: CONNECTIONS_MAX,
            application_name: "naru-metering".to_owned(),
        })
        .await?;
        naru_postgres::check_schema(&pool, store::SCHEMA, &store::MIGRATOR).await?;
        let bus = Bus::connect(&naru_nats::Options {
            url: config.nats_url,
            name: "naru-metering".to_owned(),
            token_file: config.nats_token_file,
            monitor_url: config.nats_monitor_url,
        })
        .await?;
        Ok(Self { app: Arc::new(App { pool, bus }), health })
    }

    fn addrs(&self) -> Vec<(&'static str, SocketAddr)> {
        Vec::new()
    }

    async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { app, health } = self;
        bus::answer::serve(&app).await.context("subscribing to metering's subjects")?;
        let counting = tokio::spawn(bus::records::count(Arc::clone(&app), stop.clone()));
        let forgetting = tokio::spawn(jobs::forget(Arc::clone(&app), stop.clone()));
        let mut pings = tokio::time::interval(PING_EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = pings.tick() => {
                    health.set("postgres", app.pool.ping().await.is_ok());
                    health.set("nats", app.bus.is_connected());
                }
            }
        }
        counting.await.context("counting ended badly")?;
        forgetting.await.context("forgetting ended badly")?;
        app.bus.drain().await;
        info!("metering has drained");
        Ok(())
    }

    async fn migrate(owner_url: &str) -> anyhow::Result<()> {
        naru_postgres::migrate(owner_url, store::SCHEMA, &store::MIGRATOR).await?;
        Ok(())
    }
}
