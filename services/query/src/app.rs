//! Building and running the service.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use naru_nats::Bus;
use naru_postgres::Pool;
use naru_runtime::{Clock, Health, Service};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::{
    clients::Directory,
    config::Config,
    http::{self, App},
    live::Hub,
    scan::Lake,
};

/// Catalog reads are short; each query does two or three.
const CONNECTIONS_MAX: u32 = 12;
const PING_EVERY: Duration = Duration::from_secs(2);

/// The service: built and listening, not yet answering.
#[derive(Debug)]
pub struct Query {
    app: App,
    bus: Bus,
    listener: TcpListener,
    address: SocketAddr,
    web_dir: Option<std::path::PathBuf>,
    health: Health,
}

impl Service for Query {
    const NAME: &'static str = "query";
    type Config = Config;

    async fn build(config: Config, health: Health) -> anyhow::Result<Self> {
        let pool = Pool::connect(&naru_postgres::Options {
            url: config.postgres_url.clone(),
            password_file: config.postgres_password_file.clone(),
            max_connections: CONNECTIONS_MAX,
            application_name: "naru-query".to_owned(),
        })
        .await?;
        naru_postgres::check_schema(&pool, naru_lake::SCHEMA, &naru_lake::MIGRATOR).await?;
        let bus = Bus::connect(&naru_nats::Options {
            url: config.nats_url.clone(),
            name: "naru-query".to_owned(),
            token_file: config.nats_token_file.clone(),
            monitor_url: config.nats_monitor_url.clone(),
        })
        .await?;
        // The writer makes a directory too; whoever starts first must not wait for the other.
        if let Some(dir) = config.lake().dir()? {
            std::fs::create_dir_all(&dir)
                .with_context(|| format!("opening the lake at {}", dir.display()))?;
        }
        let clock = Clock::system();
        let lake = Lake::open(&config, pool, clock.clone())?;
        let listener = TcpListener::bind(&config.listen)
            .await
            .with_context(|| format!("listening on {}", config.listen))?;
        let address = listener.local_addr().context("reading the bound address")?;
        let app = App::new(&config, lake, Directory::new(bus.clone()), Hub::new(bus.clone()), clock);
        Ok(Self { app, bus, listener, address, web_dir: config.web_dir, health })
    }

    fn addrs(&self) -> Vec<(&'static str, SocketAddr)> {
        vec![("http", self.address)]
    }

    async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { app, bus, listener, web_dir, health, .. } = self;
        health.set_routes(http::paths());
        let router = http::router(app.clone(), web_dir);
        let watching = stop.clone();
        let watch = async {
            let mut pings = tokio::time::interval(PING_EVERY);
            loop {
                tokio::select! {
                    () = watching.cancelled() => break,
                    _ = pings.tick() => {
                        health.set("postgres", app.lake.catalog_answers().await);
                        health.set("nats", bus.is_connected());
                    }
                }
            }
        };
        let (served, ()) = tokio::join!(naru_http::serve(listener, router, stop.clone()), watch);
        served?;
        info!("query has drained");
        Ok(())
    }
}
