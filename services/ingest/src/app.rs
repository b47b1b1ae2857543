//! Building and running the gateway.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use naru_http::running_paths;
use naru_nats::Bus;
use naru_redis::{Rate, Redis};
use naru_runtime::{Clock, Health, Service};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    admit::{backlog::Backlogs, claims, claims::ClaimsCache, limit::Limits},
    append::{self, Appender},
    bus::{backlog, keys, onboarding::Onboarding, test_trace, used, used::Used},
    clients::license::License,
    config::Config,
    grpc, http,
    memory::Memory,
    work::Work,
};

/// While draining, packs on their way get this long.
const DRAIN_PACKS: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What every request has at hand.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) bus: Bus,
    pub(crate) redis: Redis,
    pub(crate) clock: Clock,
    pub(crate) region: String,
    pub(crate) partitions: u16,
    pub(crate) claims: Arc<ClaimsCache>,
    pub(crate) limits: Limits,
    pub(crate) backlogs: Arc<Backlogs>,
    pub(crate) memory: Memory,
    pub(crate) work: Work,
    pub(crate) appender: Appender,
    pub(crate) onboarding: Onboarding,
    pub(crate) used: Arc<Used>,
}

/// The service: listening, not yet answering.
#[derive(Debug)]
pub struct Ingest {
    app: Arc<App>,
    http: TcpListener,
    grpc: TcpListener,
    http_addr: SocketAddr,
    grpc_addr: SocketAddr,
    health: Health,
}

impl Service for Ingest {
    const NAME: &'static str = "ingest";
    type Config = Config;

    async fn build(config: Config, health: Health) -> anyhow::Result<Self> {
        anyhow::ensure!(config.partitions > 0, "partitions must be at least 1");
        let bus = Bus::connect(&naru_nats::Options {
            url: config.nats_url.clone(),
            name: "naru-ingest".to_owned(),
            token_file: config.nats_token_file.clone(),
            monitor_url: config.nats_monitor_url.clone(),
        })
        .await?;
        append::ensure_partitions(&bus.jetstream, config.partitions, config.stream_bytes_max).await?;
        append::ensure_onboarding(&bus.jetstream).await?;
        let http = TcpListener::bind(&config.http_listen).await.context("listening for OTLP over HTTP")?;
        let grpc = TcpListener::bind(&config.grpc_listen).await.context("listening for OTLP over gRPC")?;
        let (http_addr, grpc_addr) = (http.local_addr()?, grpc.local_addr()?);
        let clock = Clock::system();
        let redis = Redis::connect(&config.redis_url);
        let license = License::new(bus.clone(), config.region.clone());
        let gateway = if config.gateway_id == 0 { rand::random() } else { config.gateway_id };
        let delay = Duration::from_millis(config.pack_delay_ms);
        let rate = Rate { per_s: config.tenant_items_per_s, burst: config.tenant_items_burst };
        let cap_bytes = u64::try_from(config.stream_bytes_max).unwrap_or(0);
        let backlogs = Arc::new(Backlogs::new(config.partitions, cap_bytes));
        let settings = append::Settings { partitions: config.partitions, gateway, delay };
        let app = App {
            appender: Appender::start(&bus, &settings, &backlogs),
            backlogs,
            onboarding: Onboarding::start(&bus, clock.clone()),
            claims: Arc::new(ClaimsCache::new(license, clock.clone())),
            limits: Limits::new(redis.clone(), rate),
            memory: Memory::new(config.in_flight_bytes_max),
            work: Work::new(),
            used: Arc::new(Used::new(clock.clone())),
            region: config.region,
            partitions: config.partitions,
            bus,
            redis,
            clock,
        };
        Ok(Self { app: Arc::new(app), http, grpc, http_addr, grpc_addr, health })
    }

    fn addrs(&self) -> Vec<(&'static str, SocketAddr)> {
        vec![("http", self.http_addr), ("grpc", self.grpc_addr)]
    }

    async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { app, http, grpc, health, .. } = self;
        keys::listen(&app.bus, Arc::clone(&app.claims)).await.context("subscribing to key events")?;
        backlog::listen(&app.bus, Arc::clone(&app.backlogs)).await.context("subscribing to backlogs")?;
        test_trace::serve(&app).await.context("subscribing to test traces")?;
        tokio::spawn(claims::keep_fresh(Arc::clone(&app.claims), stop.clone()));
        tokio::spawn(backlog::ask(app.bus.clone(), Arc::clone(&app.backlogs), stop.clone()));
        let reporting = tokio::spawn(used::report(app.bus.clone(), Arc::clone(&app.used), stop.clone()));
        let (over_http, over_grpc) = (http::router(&app), grpc::router(&app));
        health.set_routes([running_paths(&over_http), running_paths(&over_grpc)].concat());
        tokio::spawn(watch(app.bus.clone(), health, stop.clone()));
        let serving_http = tokio::spawn(naru_http::serve(http, over_http, stop.clone()));
        let serving_grpc = tokio::spawn(naru_http::serve(grpc, over_grpc, stop.clone()));
        serving_http.await.context("the HTTP edge ended badly")??;
        serving_grpc.await.context("the gRPC edge ended badly")??;
        reporting.await.context("reporting used keys ended badly")?;
        drain(app).await;
        Ok(())
    }
}

/// Every request has been answered or cut off; packs on their way go out.
async fn drain(app: Arc<App>) {
    let (bus, appender) = (app.bus.clone(), app.appender.clone());
    // Answering test traces ends first: it holds a way onto the bus, and packers wait until nobody does.
    bus.drain().await;
    drop(app);
    if tokio::time::timeout(DRAIN_PACKS, appender.drain()).await.is_err() {
        warn!(
            "some packs were not acknowledged within {} s; their senders send again",
            DRAIN_PACKS.as_secs()
        );
    }
    info!("ingest has drained");
}

async fn watch(bus: Bus, health: Health, stop: CancellationToken) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = looks.tick() => health.set("nats", bus.is_connected()),
        }
    }
}
