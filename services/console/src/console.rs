//! The service: what it connects to, what it runs, and in which order it stops.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context;
use naru_auth::Pepper;
use naru_console_api::{CALLER, CallerQuestion};
use naru_nats::Bus;
use naru_postgres::Pool;
use naru_runtime::{Clock, Health, Service};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    bus,
    config::Config,
    http, jobs,
    mail::post::Post,
    store::{MIGRATOR, SCHEMA},
};

/// Requests need one connection each for a few milliseconds.
const CONNECTIONS_MAX: u32 = 16;

#[derive(Debug)]
pub struct Console {
    app: App,
    bus: Bus,
    post: Arc<Post>,
    listener: TcpListener,
    addr: SocketAddr,
    web_dir: Option<PathBuf>,
    health: Health,
}

impl Console {
    /// What requests and jobs work with: for tests that run one round of a job.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// As [`Service::build`], with a clock of one's own.
    pub async fn build_with_clock(config: Config, health: Health, clock: Clock) -> anyhow::Result<Self> {
        health.set("postgres", false);
        let pepper = Pepper::from_file(&config.pepper_file).context("reading the pepper")?;
        let post = Post::from_config(&config).context("preparing mails")?;
        let pool = Pool::connect(&naru_postgres::Options {
            url: config.postgres_url.clone(),
            password_file: config.postgres_password_file.clone(),
            max_connections: CONNECTIONS_MAX,
            application_name: "naru-console".to_owned(),
        })
        .await
        .context("connecting to Postgres")?;
        naru_postgres::check_schema(&pool, SCHEMA, &MIGRATOR).await.context("checking the schema")?;
        health.set("postgres", true);
        let bus = Bus::connect(&naru_nats::Options {
            url: config.nats_url.clone(),
            name: "naru-console".to_owned(),
            token_file: config.nats_token_file.clone(),
            monitor_url: config.nats_monitor_url.clone(),
        })
        .await
        .context("connecting to NATS")?;
        let redis = naru_redis::Redis::connect(&config.redis_url);
        let listener = TcpListener::bind(&config.listen)
            .await
            .with_context(|| format!("listening on {}", config.listen))?;
        let addr = listener.local_addr().context("reading the bound address")?;
        let app = App::new(&config, pool, bus.clone(), redis, pepper, clock);
        Ok(Self { app, bus, post: Arc::new(post), listener, addr, web_dir: config.web_dir, health })
    }
}

impl Service for Console {
    const NAME: &'static str = "console";
    type Config = Config;

    async fn build(config: Config, health: Health) -> anyhow::Result<Self> {
        Self::build_with_clock(config, health, Clock::system()).await
    }

    fn addrs(&self) -> Vec<(&'static str, SocketAddr)> {
        vec![("http", self.addr)]
    }

    async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { app, bus, post, listener, web_dir, health, .. } = self;
        let callers = bus
            .serve(CALLER, "console", {
                let app = app.clone();
                move |question: CallerQuestion| bus::caller::answer(app.clone(), question)
            })
            .await
            .context("serving console.v1.caller")?;
        health.set_routes(naru_http::running_paths(&http::routes(&app.places.session_cookie())));
        let mut jobs = JoinSet::new();
        jobs.spawn(jobs::expire::run(app.clone()));
        jobs.spawn(jobs::first_data::run(app.clone()));
        jobs.spawn(jobs::mail::run(app.clone(), post));
        jobs.spawn(jobs::health::run(app.clone(), health));
        // Streams and jobs end with the app, at the same moment as the listener.
        let ended = app.stop.clone();
        let watch = tokio::spawn({
            let stop = stop.clone();
            async move {
                stop.cancelled().await;
                ended.cancel();
            }
        });
        let served = naru_http::serve(listener, http::router(app.clone(), web_dir), stop).await;
        app.stop.cancel();
        watch.abort();
        while jobs.join_next().await.is_some() {}
        // Query gets answers until the last request of ours is done.
        callers.abort();
        app.pool.close().await;
        served
    }

    async fn migrate(owner_url: &str) -> anyhow::Result<()> {
        naru_postgres::migrate(owner_url, SCHEMA, &MIGRATOR).await.context("migrating schema console")
    }
}
